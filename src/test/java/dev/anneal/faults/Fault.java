package dev.anneal.faults;

import dev.anneal.protocol.WireName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Random;
import org.springframework.util.FileSystemUtils;

/** What is done to an installation. Each ends its own fault before it returns. */
enum Fault implements WireName {
    /** kill -9 of a worker; its engine notices and ends. Another worker takes over. */
    KILL_WORKER {
        @Override
        void strike(Installation installation, Random random) throws Exception {
            Member worker = installation.anyWorker(random);
            worker.kill();
            worker.startAgain();
        }
    },
    /** kill -9 of an engine process under its worker. */
    KILL_ENGINE {
        @Override
        void strike(Installation installation, Random random) {
            installation.anyWorker(random).process().engines().forEach(ProcessHandle::destroyForcibly);
        }
    },
    /** SIGSTOP of a worker for longer than its lease. */
    STOP_WORKER {
        @Override
        void strike(Installation installation, Random random) throws Exception {
            Member worker = installation.anyWorker(random);
            worker.process().signal("STOP");
            try {
                Thread.sleep(BEYOND_THE_LEASE.toMillis());
            } finally {
                worker.process().signal("CONT");
            }
        }
    },
    /** kill -9 of an API process. */
    KILL_API {
        @Override
        void strike(Installation installation, Random random) throws Exception {
            Member api = installation.anyApi(random);
            api.kill();
            api.startAgain();
            api.awaitStart();
        }
    },
    /** Each process ends in order and is started again, one after another. */
    ROLLING_RESTART {
        @Override
        void strike(Installation installation, Random random) throws Exception {
            for (Member member : installation.members()) {
                member.restart();
            }
        }
    },
    /** The server ends all connections, again and again for two seconds. */
    CUT_CONNECTIONS {
        @Override
        void strike(Installation installation, Random random) throws Exception {
            for (int round = 0; round < 8; round++) {
                installation.observer().sql("""
                        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                        WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
                        """).query(Long.class).single();
                Thread.sleep(250);
            }
        }
    },
    /** A fast restart of PostgreSQL. */
    RESTART_DATABASE {
        @Override
        void strike(Installation installation, Random random) throws Exception {
            installation.database().stop();
            installation.database().startAgain();
        }
    },
    /** kill -9 of PostgreSQL's processes: it recovers from its log. */
    CRASH_DATABASE {
        @Override
        void strike(Installation installation, Random random) throws Exception {
            installation.database().crash();
            installation.database().startAgain();
        }
    },
    /** PostgreSQL is away for longer than the leases. */
    DATABASE_AWAY {
        @Override
        void strike(Installation installation, Random random) throws Exception {
            installation.database().stop();
            Thread.sleep(BEYOND_THE_LEASE.toMillis());
            installation.database().startAgain();
        }
    },
    /** A worker is cut off from the database for longer than its lease. */
    PARTITION {
        @Override
        void strike(Installation installation, Random random) throws Exception {
            during(installation.anyWorker(random), Link.State.CUT);
        }
    },
    /** A worker's packets get lost for longer than its lease, without a connection being closed. */
    HUNG_LINK {
        @Override
        void strike(Installation installation, Random random) throws Exception {
            during(installation.anyWorker(random), Link.State.HUNG);
        }
    },
    /** A worker's link to the database carries 50 KB/s. */
    SLOW_LINK {
        @Override
        void strike(Installation installation, Random random) throws Exception {
            during(installation.anyWorker(random), Link.State.SLOW);
        }
    },
    /** The artifact store is not mounted: an empty folder is in its place. */
    STORE_AWAY {
        @Override
        void strike(Installation installation, Random random) throws Exception {
            Path storage = installation.storage();
            Path aside = storage.resolveSibling("storage-aside");
            Files.move(storage, aside, StandardCopyOption.ATOMIC_MOVE);
            Files.createDirectory(storage);
            try {
                Thread.sleep(STORE_ABSENCE.toMillis());
            } finally {
                remove(storage);
                Files.move(aside, storage, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    };

    private static final Duration BEYOND_THE_LEASE = Installation.LEASE.plusSeconds(4);
    private static final Duration STORE_ABSENCE = Duration.ofSeconds(5);

    /** Does it and ends it. */
    abstract void strike(Installation installation, Random random) throws Exception;

    @Override
    public String wireName() {
        return WireName.super.wireName().replace('_', '-');
    }

    private static void during(Member worker, Link.State state) throws InterruptedException {
        worker.database().become(state);
        try {
            Thread.sleep(BEYOND_THE_LEASE.toMillis());
        } finally {
            worker.database().become(Link.State.OPEN);
        }
    }

    /** Removes what was written meanwhile, which a mount hides too. */
    private static void remove(Path folder) throws IOException, InterruptedException {
        for (int tries = 0; Files.exists(folder); tries++) {
            try {
                FileSystemUtils.deleteRecursively(folder);
            } catch (IOException written) {
                if (tries == 50) {
                    throw written;
                }
                Thread.sleep(20);
            }
        }
    }
}
