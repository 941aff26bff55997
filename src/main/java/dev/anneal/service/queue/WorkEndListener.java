package dev.anneal.service.queue;

/** Told of work that has ended for good, after the commit of whatever ended it: a worker, a rescue or a request. */
@FunctionalInterface
public interface WorkEndListener {

    /** Called once for each end by the process that brought it about; not at all if that never got the database's answer. */
    void ended(WorkEnd end);
}
