package dev.anneal.faults;

import java.time.Duration;
import java.util.Random;

/** PostgreSQL drops connections, restarts, crashes, is away, and has another time. */
final class DatabaseFaults {

    private static final int LARGEST_JUMP_SECONDS = 30;

    private DatabaseFaults() {}

    static void cutConnections(Installation installation, Random random) throws Exception {
        for (int round = 0; round < 8; round++) {
            installation.observer().sql("""
                        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                        WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
                        """).query(Long.class).single();
            Thread.sleep(250);
        }
    }

    static void restart(Installation installation, Random random) throws Exception {
        installation.database().stop();
        installation.database().startAgain();
    }

    static void crash(Installation installation, Random random) throws Exception {
        installation.database().crash();
        installation.database().startAgain();
    }

    static void away(Installation installation, Random random) throws Exception {
        installation.database().stop();
        Thread.sleep(Installation.BEYOND_THE_LEASE.toMillis());
        installation.database().startAgain();
    }

    /** The clock stays where it is until the next jump. */
    static void clock(Installation installation, Random random) {
        int seconds = random.nextInt(-LARGEST_JUMP_SECONDS, LARGEST_JUMP_SECONDS + 1);
        installation.databaseDisturbance().clockIsAhead(Duration.ofSeconds(seconds));
    }
}
