package dev.anneal.service.results.push;

import dev.anneal.protocol.WireName;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A failed attempt of a push. The message is written for the client. */
final class PushException extends IOException {

    private final Fault kind;

    PushException(Fault kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** The cause. Its lower-case name is the code that clients see. */
    enum Fault implements WireName {
        /** The Hub refuses, and would again. */
        HUB_REFUSED(false),
        /** The repository is public, and a private one was asked for. */
        HUB_REPO_IS_PUBLIC(false),
        /** The answer is not that of a Hub. */
        HUB_ANSWER_INVALID(false),
        /** The operator no longer allows the push. */
        HUB_PUSH_NOT_CONFIGURED(false),
        /** No connection, too many requests, or a failure of the Hub. */
        HUB_UNREACHABLE(true),
        /** A file of the export is no longer in the artifact store, and the store itself is present. */
        EXPORT_FILE_MISSING(false),
        /** The export's files could not be read. */
        STORAGE_FAILED(true);

        private final boolean mayPass;

        Fault(boolean mayPass) {
            this.mayPass = mayPass;
        }
    }

    /** Whether a retry may succeed. */
    boolean mayPass() {
        return kind.mayPass;
    }

    Fault kind() {
        return kind;
    }

    Push.Failure failure() {
        return new Push.Failure(kind.wireName(), String.valueOf(getMessage()));
    }
}
