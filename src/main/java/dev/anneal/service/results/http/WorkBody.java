package dev.anneal.service.results.http;

import dev.anneal.service.queue.Work;
import java.util.Locale;

/** The fields of exports and evaluations that come from their work. */
final class WorkBody {

    private WorkBody() {}

    static String status(Work work) {
        return work.state().name().toLowerCase(Locale.ROOT);
    }
}
