package dev.anneal.service.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random commands, stale ones among them, do to the database what they do to the model. The seed of a failure repeats it. */
@PostgresTest
class QueueModelIT {

    private static final int COMMANDS = 300;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void databaseFollowsTheModel(long seed) {
        QueueCommands commands = new QueueCommands(seed, new TestQueue());

        commands.run(COMMANDS);

        assertThat(commands.finished()).as("the run got somewhere").isGreaterThan(5);
    }

    @Test
    void endingThatIgnoresTheTokenIsFoundOut() {
        TestQueue broken = new TestQueue(
                TestQueue.PROPERTIES,
                TestDatabase.system(),
                "work.id = :id AND work.state = 'RUNNING' AND :token > 0 AND :nonce IS NOT NULL");

        assertThatThrownBy(() -> new QueueCommands(1, broken).run(COMMANDS)).isInstanceOf(AssertionError.class);
    }
}
