package dev.anneal.service.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.PostgresTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

/**
 * Random commands, stale ones and such without an answer among them, do to the database what they do to the model. A
 * failure shows the shortest commands that still fail.
 */
@PostgresTest
class QueueModelIT {

    private static final int FIRST_SEED = Integer.getInteger("anneal.test.queue.seed", 1);
    private static final int RUNS = Integer.getInteger("anneal.test.queue.runs", 300);
    private static final int COMMANDS = 60;

    @Test
    void databaseFollowsTheModel() {
        long finished = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
            QueueTrial trial = new QueueTrial(Lease.FENCE);
            List<QueueCommand> commands = QueueCommand.random(seed, COMMANDS);
            try {
                trial.run(commands);
            } catch (AssertionError | RuntimeException failure) {
                List<QueueCommand> shortest = shortest(commands, Lease.FENCE);
                throw new AssertionFailedError(
                        "Seed %d fails (-Danneal.test.queue.seed=%d -Danneal.test.queue.runs=1). The shortest commands that fail:%n%s"
                                .formatted(seed, seed, lines(shortest)),
                        failure(shortest, Lease.FENCE).orElse(failure));
            }
            finished += trial.finished();
        }
        assertThat(finished).as("the runs got somewhere").isGreaterThan(RUNS);
    }

    @Test
    void endingThatIgnoresTheTokenIsFoundOutByAFewCommands() {
        String fence = "work.id = :id AND work.state = 'RUNNING'";
        long seed = 1;
        while (failure(QueueCommand.random(seed, COMMANDS), fence).isEmpty()) {
            seed++;
        }

        assertThat(seed).isLessThan(20);
        // Another attempt, and an ending of the first.
        assertThat(shortest(QueueCommand.random(seed, COMMANDS), fence)).hasSizeBetween(4, 8);
    }

    /**
     * Leaves out what the failure does not need: halves, quarters and so on down to single commands, until all are
     * needed.
     */
    private static List<QueueCommand> shortest(List<QueueCommand> failing, String fence) {
        List<QueueCommand> shortest = failing;
        for (int size = failing.size() / 2; size > 0; size /= 2) {
            for (int from = shortest.size() - size; from >= 0; from -= size) {
                List<QueueCommand> fewer = new ArrayList<>(shortest);
                fewer.subList(from, from + size).clear();
                shortest = failure(fewer, fence).isPresent() ? fewer : shortest;
            }
        }
        return shortest.size() < failing.size() ? shortest(shortest, fence) : shortest;
    }

    private static Optional<Throwable> failure(List<QueueCommand> commands, String fence) {
        try {
            new QueueTrial(fence).run(commands);
            return Optional.empty();
        } catch (AssertionError | RuntimeException failure) {
            return Optional.of(failure);
        }
    }

    private static String lines(List<QueueCommand> commands) {
        return commands.stream().map(command -> "    " + command).collect(Collectors.joining("\n"));
    }
}
