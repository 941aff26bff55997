package dev.anneal.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The network between workers: the loopback interface of a network namespace that only this run uses, on which each
 * worker has an address of its own. By iptables and tc, so it needs the rights of its administrator.
 */
final class Network {

    private static final String OWN = "anneal.faults.network";
    private static final String SLOW_CLASS = "1:1";

    private Network() {}

    /** What happens to the packets between two workers. */
    enum Weather {
        /** All of them are dropped; connections stay open. */
        CUT("-t filter %s INPUT -s %s -d %s -j DROP"),
        /** They share {@link #SLOW_CLASS}. */
        SLOW("-t mangle %s OUTPUT -s %s -d %s -j CLASSIFY --set-class " + SLOW_CLASS);

        private final String rule;

        Weather(String rule) {
            this.rule = rule;
        }
    }

    /** Whether this process is in a network namespace of its own, as {@code faults/run.sh} says. */
    static boolean isOwn() {
        return Boolean.getBoolean(OWN);
    }

    /** Address of a worker, from 1 on. */
    static String addressOf(int worker) {
        return "127.0.0." + (worker + 1);
    }

    /** Makes the rate of the slow link known to the interface. */
    static void prepare() throws IOException, InterruptedException {
        run("tc qdisc add dev lo root handle 1: htb");
        run("tc class add dev lo parent 1: classid " + SLOW_CLASS + " htb rate 8mbit burst 16k");
    }

    static void begin(Weather weather, String one, String other) throws IOException, InterruptedException {
        change(weather, "-A", one, other);
    }

    static void end(Weather weather, String one, String other) throws IOException, InterruptedException {
        change(weather, "-D", one, other);
    }

    private static void change(Weather weather, String change, String one, String other)
            throws IOException, InterruptedException {
        run("iptables --wait " + weather.rule.formatted(change, one, other));
        run("iptables --wait " + weather.rule.formatted(change, other, one));
    }

    private static void run(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(command.split(" ")))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + ": " + output);
        }
    }
}
