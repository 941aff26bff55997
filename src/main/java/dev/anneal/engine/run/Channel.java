package dev.anneal.engine.run;

import java.util.concurrent.BlockingQueue;

/**
 * What connects a task to its supervisor.
 *
 * @param lines of standard input that are JSON objects: requests, or answers to what graders ask
 */
record Channel(ProgressWriter progress, Signals signals, BlockingQueue<String> lines) {

    Pulse pulse() {
        return new Pulse(signals, progress::write, Pulse.INTERVAL);
    }

    /** Has the supervisor answer what graders ask. */
    SupervisorGraders help() {
        return new SupervisorGraders(progress::write, lines, pulse(), SupervisorGraders.PATIENCE);
    }
}
