package dev.anneal.service.queue;

/** Is called for work that has ended for good, after the commit of what ended it: a worker, a rescue or a request. */
@FunctionalInterface
public interface WorkEndListener {

    /** Called once for each end, in the process that caused it; not at all if that process never got the database's answer. */
    void ended(WorkEnd end);
}
