package dev.anneal.service.queue;

/** Called for finished work, after the commit of the worker, rescue or request that ended it. */
@FunctionalInterface
public interface WorkEndListener {

    /**
     * Called once for each end, in the process that caused it; not at all if that process never received the database's
     * answer.
     */
    void ended(WorkEnd end);
}
