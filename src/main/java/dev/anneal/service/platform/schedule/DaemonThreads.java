package dev.anneal.service.platform.schedule;

import java.util.concurrent.ThreadFactory;

/** Threads that keep no process from ending. */
public final class DaemonThreads {

    private DaemonThreads() {}

    /** Makes threads that all have the same name. */
    public static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    public static Thread start(String name, Runnable task) {
        Thread thread = named(name).newThread(task);
        thread.start();
        return thread;
    }
}
