package dev.anneal.service.worker;

import dev.anneal.service.platform.schedule.DaemonThreads;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkerProcess;
import dev.anneal.service.queue.lease.LeaseProperties;
import dev.anneal.service.worker.watch.EnvironmentWatch;
import dev.anneal.service.worker.watch.StopReason;
import dev.anneal.service.worker.watch.WorkerProperties;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a worker: a slot for each device, one for short work, and the heartbeats of everything that runs. It can be
 * started once. When stopped it claims nothing more, lets processes save, and gives their work back.
 */
final class Supervisor {

    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    /** Time to give work back after the last process has ended or been killed. */
    private static final Duration GIVE_BACK = Duration.ofSeconds(2);

    private static final Duration HEARTBEAT_RETRY = Duration.ofSeconds(1);

    private final SlotContext equipment;
    private final Duration heartbeatInterval;
    private final HeartbeatWriter heartbeats;
    private final WorkerDevices devices;
    private final WorkerDevices lightDevice;
    private final List<WorkSlot> slots = new ArrayList<>();
    private final List<Thread> slotThreads = new ArrayList<>();
    private final Thread heartbeatThread =
            DaemonThreads.named("worker-heartbeat").newThread(this::beat);
    private final EnvironmentWatch watch;
    private final List<Thread> watchThreads;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * @param equipment shared by the slots; the supervisor closes its workspace and timer at the end
     */
    Supervisor(WorkerProcess worker, LeaseProperties queue, HeartbeatWriter heartbeats, SlotContext equipment) {
        this.equipment = equipment;
        this.heartbeatInterval = queue.heartbeatInterval();
        this.heartbeats = heartbeats;
        this.devices = new WorkerDevices(Slot.TRAINING, equipment.properties().devices());
        this.lightDevice =
                new WorkerDevices(Slot.LIGHT, List.of(equipment.properties().lightDevice()));
        this.watch = new EnvironmentWatch(
                equipment.environment(),
                equipment.states(),
                () -> equipment.assignments().explainWaits(),
                worker,
                equipment.launcher().setup(equipment.properties().devices().get(0)),
                devices::count,
                equipment.allowance()::isOpen);
        this.watchThreads = List.of(
                DaemonThreads.named("worker-environment").newThread(watch::probe),
                DaemonThreads.named("worker-environment-report").newThread(watch::report));
        Duration trust = queue.lease().minus(queue.safetyMargin());
        WorkerProperties properties = equipment.properties();
        for (int device = 0; device < properties.devices().size(); device++) {
            addSlot(new WorkSlot(devices, device, worker, slots.size(), trust, equipment, heartbeats));
        }
        addSlot(new WorkSlot(lightDevice, 0, worker, slots.size(), trust, equipment, heartbeats));
        equipment.meters().slots(slots.size());
    }

    /** Exit code of this process once the supervisor has stopped. */
    int exitCode(boolean drained) {
        return equipment.allowance().exitCode().orElse(drained ? 0 : 1);
    }

    private void addSlot(WorkSlot slot) {
        slotThreads.add(DaemonThreads.named("worker-slot-" + slots.size()).newThread(slot));
        slots.add(slot);
    }

    void start() {
        equipment.notes().rescueAbandoned();
        heartbeatThread.start();
        watchThreads.forEach(Thread::start);
        slotThreads.forEach(Thread::start);
    }

    /**
     * Stops everything and returns whether all work was given back or ended. Takes at most the longest grace time of a
     * process plus two seconds.
     */
    boolean stop() {
        LOG.info(
                "The worker stops: {} items are asked to save and go back to the queue",
                heartbeats.running().size());
        long deadline = System.nanoTime() + longestGrace().plus(GIVE_BACK).toNanos();
        slots.forEach(WorkSlot::stopClaiming);
        watch.stop();
        heartbeats.running().forEach(work -> work.stop(StopReason.SHUTDOWN));
        boolean drained =
                slotThreads.stream().map(thread -> ends(thread, deadline)).reduce(true, Boolean::logicalAnd);
        slotThreads.forEach(Thread::interrupt);
        stopped.countDown();
        equipment.timer().shutdownNow();
        if (!devices.isAnyGivenUp() && !lightDevice.isAnyGivenUp()) {
            closeWorkspace();
        }
        if (!drained) {
            LOG.warn("The worker ends before all work is given back; the rest is rescued when its leases expire");
        }
        return drained;
    }

    private Duration longestGrace() {
        return Stream.concat(
                        heartbeats.running().stream().map(RunningWork::shutdownGrace),
                        slots.stream().flatMap(slot -> slot.memberGrace().stream()))
                .max(Comparator.naturalOrder())
                .orElse(equipment.properties().stopGrace());
    }

    private void closeWorkspace() {
        try {
            equipment.workspace().close();
        } catch (IOException e) {
            LOG.warn("The worker's folder could not be closed", e);
        }
    }

    private static boolean ends(Thread thread, long deadlineNanos) {
        try {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime())));
            return !thread.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void beat() {
        try {
            boolean stop = false;
            while (!stop) {
                Duration pause = heartbeats.runOnce() || heartbeatInterval.compareTo(HEARTBEAT_RETRY) < 0
                        ? heartbeatInterval
                        : HEARTBEAT_RETRY;
                stop = stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // An unexpected end must be visible as silence.
            if (stopped.getCount() == 0) {
                heartbeats.stopped();
            }
        }
    }
}
