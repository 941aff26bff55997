package dev.anneal.faults;

import java.util.Random;

/** The way of one process to the database breaks, hangs or is slow. */
final class LinkFaults {

    private LinkFaults() {}

    static void cut(Installation installation, Random random) throws Exception {
        during(installation.anyWorker(random), Link.State.CUT);
    }

    static void hung(Installation installation, Random random) throws Exception {
        during(installation.anyWorker(random), Link.State.HUNG);
    }

    static void slow(Installation installation, Random random) throws Exception {
        during(installation.anyWorker(random), Link.State.SLOW);
    }

    static void cutApi(Installation installation, Random random) throws Exception {
        during(installation.anyApi(random), Link.State.CUT);
    }

    private static void during(Member member, Link.State state) throws Exception {
        Outage.of(
                Installation.BEYOND_THE_LEASE,
                () -> member.database().become(state),
                () -> member.database().become(Link.State.OPEN));
    }
}
