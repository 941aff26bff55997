package dev.anneal.engine.run;

import java.util.concurrent.BlockingQueue;

/**
 * Connection of a task to its supervisor.
 *
 * @param lines of standard input that are JSON objects: requests, or answers to graders' questions
 */
record Channel(ProgressWriter progress, Signals signals, BlockingQueue<String> lines) {

    Pulse pulse() {
        return new Pulse(signals, progress::write, Pulse.INTERVAL);
    }

    /** Graders that ask the supervisor. */
    SupervisorGraders graders() {
        return new SupervisorGraders(progress::write, lines, pulse(), SupervisorGraders.PATIENCE);
    }
}
