package dev.anneal.service.platform.schedule;

import java.util.concurrent.ThreadFactory;

/** Daemon threads, which do not keep the process alive. */
public final class DaemonThreads {

    private DaemonThreads() {}

    /** A factory of threads with this name. */
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
