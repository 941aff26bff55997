package dev.anneal.engine.text.template.syntax;

import java.util.function.Supplier;

/** What surrounds the statement that is being parsed, as far as it decides what may stand there. */
final class Surroundings {

    private int loops;
    private int captures;
    private boolean hasGeneration;
    private boolean hasLostGeneration;

    /** Parses the body of a loop. */
    <T> T insideLoop(Supplier<T> body) {
        loops++;
        T parsed = body.get();
        loops--;
        return parsed;
    }

    /** Parses a body whose text becomes a value before it is printed, and which a loop around it cannot be left from. */
    <T> T captured(Supplier<T> body) {
        int outerLoops = loops;
        loops = 0;
        captures++;
        T parsed = body.get();
        captures--;
        loops = outerLoops;
        return parsed;
    }

    boolean isInsideLoop() {
        return loops > 0;
    }

    /** Notes a generation block, and says whether the place of its text in the output is known. */
    boolean addGeneration() {
        boolean isPlaced = captures == 0;
        hasGeneration = true;
        hasLostGeneration |= !isPlaced;
        return isPlaced;
    }

    /** Whether there are generation blocks and all of them are placed. */
    boolean marksAssistantText() {
        return hasGeneration && !hasLostGeneration;
    }
}
