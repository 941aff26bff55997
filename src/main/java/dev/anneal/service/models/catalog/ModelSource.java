package dev.anneal.service.models.catalog;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where base models are found beside the operator's folder. Its models have revisions, which never change. */
public interface ModelSource {

    /**
     * A model on this machine.
     *
     * @param revision commit that it is; null in the operator's folder
     */
    record Located(Path folder, @Nullable String revision) {}

    /** Ids of the models of which something is on this machine. */
    List<String> ids();

    /** The model at the revision that is used now, if it is on this machine. */
    Optional<Located> newest(String id);

    /** The model at a revision that was settled on before, if it is on this machine. */
    Optional<Located> at(String id, String revision);

    /** Whether the model at a revision that was settled on before is on this machine, or may be brought. */
    boolean canProvide(String id, String revision);

    /**
     * The folder of a model at a revision, which is brought to this machine if it is not there.
     *
     * @throws ModelSourceException if it cannot be had
     */
    Path provide(String id, String revision, Listener listener) throws ModelSourceException;

    /** Told how far a model is that is being brought. Its answers say whether that is still wanted; if not, it ends and what has arrived is kept. */
    interface Listener {

        boolean arrived(long bytesDone, long bytesTotal);

        /** Called each second while nothing arrives: the source wants patience, or another process brings the same. */
        boolean waits();
    }
}
