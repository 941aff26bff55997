package dev.anneal.faults;

import dev.anneal.protocol.WireName;
import java.util.Random;

/** What is done to an installation. Each ends its own fault before it returns. */
enum Fault implements WireName {
    /** kill -9 of a worker; its engine notices and ends. Another worker takes over. */
    KILL_WORKER(Scope.PROCESS, ProcessFaults::killWorker),
    /** kill -9 of an engine process under its worker. */
    KILL_ENGINE(Scope.PROCESS, ProcessFaults::killEngine),
    /** SIGSTOP of a worker for longer than its lease. */
    STOP_WORKER(Scope.PROCESS, ProcessFaults::stopWorker),
    /** kill -9 of an API process. */
    KILL_API(Scope.PROCESS, ProcessFaults::killApi),
    /** Each process ends in order and is started again, one after another. */
    ROLLING_RESTART(Scope.PROCESS, ProcessFaults::restartAll),
    /** The address space of an engine process may not grow. */
    ENGINE_WITHOUT_MEMORY(Scope.PROCESS, ProcessFaults::engineWithoutMemory),
    /** The address space of a worker may not grow. It is started again if it ends. */
    WORKER_WITHOUT_MEMORY(Scope.PROCESS, ProcessFaults::workerWithoutMemory),

    /** kill -9 of one process of a training on several devices. */
    KILL_RANK(Scope.RANK, RankFaults::kill),
    /** SIGSTOP of one process of such a training for some seconds: the others wait for it. */
    STOP_RANK(Scope.RANK, RankFaults::stop),
    /** The same, and kill -9 of its worker meanwhile: it wakes up when another worker has the job. */
    STALE_RANK(Scope.RANK, RankFaults::wakeUpAfterItsWorker),
    /** A worker that runs such a training ends in order and is started again. */
    DRAIN_RANKS(Scope.RANK, RankFaults::drain),

    /** kill -9 of a worker that takes part in another one's training, and of its engine processes. */
    KILL_MEMBER(Scope.WORKERS, MemberFaults::kill),
    /** The same of the worker that holds the lease of such a training. */
    KILL_HOLDER(Scope.WORKERS, MemberFaults::killHolder),
    /** SIGSTOP of the engine processes of a member for longer than a process may make no progress. */
    STOP_MEMBER(Scope.WORKERS, MemberFaults::stop),
    /** The same, and kill -9 of its worker meanwhile: they wake up when the training has gone on without them. */
    STALE_MEMBER(Scope.WORKERS, MemberFaults::wakeUpAfterItsWorker),
    /** A member ends in order and is started again: the training is saved and goes back to the queue. */
    DRAIN_MEMBER(Scope.WORKERS, MemberFaults::drain),
    /** The next attempt counts on workers that have just been stopped or killed, and never join it. */
    INCOMPLETE_GROUP(Scope.WORKERS, MemberFaults::neverJoin),

    /** The packets between holder and member are lost: for some seconds, or for longer than without progress. */
    PARTITION_RANKS(Scope.NETWORK, NetworkFaults::partition),
    /** The link between holder and member carries 1 MB/s. */
    SLOW_RANKS(Scope.NETWORK, NetworkFaults::slow),
    /** The machine of a member is lost: it is killed, and the holder hears nothing of it. */
    LOSE_MEMBER(Scope.NETWORK, NetworkFaults::lose),

    /** The server ends all connections, again and again for two seconds. */
    CUT_CONNECTIONS(Scope.DATABASE, DatabaseFaults::cutConnections),
    /** A fast restart of PostgreSQL. */
    RESTART_DATABASE(Scope.DATABASE, DatabaseFaults::restart),
    /** kill -9 of PostgreSQL's processes: it recovers from its log. */
    CRASH_DATABASE(Scope.DATABASE, DatabaseFaults::crash),
    /** PostgreSQL is away for longer than the leases. */
    DATABASE_AWAY(Scope.DATABASE, DatabaseFaults::away),
    /** The clock of PostgreSQL, by which leases expire, jumps by up to half a minute. */
    CLOCK_OF_DATABASE(Scope.DATABASE, DatabaseFaults::clock),

    /** A worker is cut off from the database for longer than its lease. */
    PARTITION(Scope.LINK, LinkFaults::cut),
    /** A worker's packets get lost for longer than its lease, without a connection being closed. */
    HUNG_LINK(Scope.LINK, LinkFaults::hung),
    /** A worker's link to the database carries 50 KB/s, in slices. */
    SLOW_LINK(Scope.LINK, LinkFaults::slow),
    /** An API process is cut off from the database. */
    PARTITION_OF_API(Scope.LINK, LinkFaults::cutApi),

    /** The artifact store is not mounted: an empty folder is in its place. */
    STORE_AWAY(Scope.STORE, StoreFaults::away),
    STORE_READ_ONLY(Scope.STORE, StoreFaults::readOnly),
    STORE_FULL(Scope.STORE, StoreFaults::full),
    /** fsync fails with EIO. */
    STORE_FAILS_SYNC(Scope.STORE, StoreFaults::failsSync),
    /** Each write to the artifact store takes a fifth of a second. */
    STORE_SLOW(Scope.STORE, StoreFaults::slow),
    /** A bit of a running job's newest checkpoint is flipped, and its engine process killed, so that it is read. */
    STORE_CORRUPT(Scope.STORE, StoreFaults::corrupt),

    /** The clocks of a worker and its engine processes jump by up to an hour, and back. */
    CLOCK_OF_WORKER(Scope.CLOCK, ClockFaults::worker),
    /** The clock of an API process jumps by up to an hour, and back. */
    CLOCK_OF_API(Scope.CLOCK, ClockFaults::api),

    /** Two faults of different scopes at a time. */
    MIX(Scope.ALL, Mix::strike);

    /** What is disturbed. */
    enum Scope {
        PROCESS,
        /** Trainings on several devices; all trainings are such meanwhile. */
        RANK,
        /** Trainings on several workers; there is one meanwhile. */
        WORKERS,
        /** The same, by the network between their workers, which must be this run's own. */
        NETWORK,
        DATABASE,
        LINK,
        STORE,
        CLOCK,
        ALL
    }

    /** Does it and ends it. */
    interface Strike {
        void at(Installation installation, Random random) throws Exception;
    }

    private final Scope scope;

    @SuppressWarnings("ImmutableEnumChecker") // methods without state
    private final Strike strike;

    Fault(Scope scope, Strike strike) {
        this.scope = scope;
        this.strike = strike;
    }

    Scope scope() {
        return scope;
    }

    void strike(Installation installation, Random random) throws Exception {
        strike.at(installation, random);
    }

    @Override
    public String wireName() {
        return WireName.super.wireName().replace('_', '-');
    }
}
