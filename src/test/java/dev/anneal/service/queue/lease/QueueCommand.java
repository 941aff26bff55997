package dev.anneal.service.queue.lease;

import dev.anneal.service.platform.database.LostReplies.Loss;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkQueue;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a client, a worker or the rescue does to the queue. Work and its leases are counted back from the newest, and
 * round again; without any, a command does nothing.
 */
record QueueCommand(String text, Consumer<QueueTrial> action) {

    private static final List<WorkError> ERRORS = List.of(
            WorkError.ofUser("non_finite_loss", "The loss is NaN.", null),
            WorkError.ofSystem("engine_crashed", "The engine process ended with 139."),
            WorkError.ofEnvironment("storage_failed", "The artifact store is not there."),
            WorkError.ofEnvironment("model_not_available", "Model 'm' is not available here."));

    /** A lease of a piece of work: 0 is the newest that a worker knows of. */
    record Held(int work, int lease) {
        @Override
        public String toString() {
            return "lease %d of work %d".formatted(lease, work);
        }
    }

    /** Commands that the seed decides. */
    static List<QueueCommand> random(long seed, int count) {
        Random random = new Random(seed);
        Stream<QueueCommand> work = Stream.generate(() -> enqueue(work(random), false));
        return Stream.concat(work.limit(2), Stream.generate(() -> random(random)))
                .limit(count)
                .toList();
    }

    private static QueueCommand random(Random random) {
        return switch (random.nextInt(30)) {
            case 0 -> enqueue(work(random), random.nextInt(3) == 0);
            case 1 -> validate(back(random), random.nextInt(4) > 0);
            case 2, 3, 4, 5, 6, 7, 8 ->
                claim("worker-" + random.nextInt(2), random.nextInt(4) == 0 ? Slot.LIGHT : Slot.TRAINING, loss(random));
            case 9 -> command("heartbeat with all leases", QueueTrial::heartbeat);
            case 10, 11, 12, 13 -> progress(held(random), steps(random), steps(random), loss(random));
            case 14 -> working(held(random));
            case 15 -> succeed(held(random), loss(random));
            case 16, 17, 18, 19 -> fail(held(random), error(random), loss(random));
            case 20 -> giveBack(held(random), loss(random));
            case 21, 22, 23 -> expire(back(random));
            case 24 -> reclaim(held(random));
            case 25 -> command("rescue", QueueTrial::rescue);
            case 26 -> cancel(back(random));
            case 27 -> pause(back(random));
            default -> resume(back(random));
        };
    }

    private static NewWork work(Random random) {
        WorkKind kind = random.nextInt(4) == 0 ? WorkKind.EXPORT : WorkKind.TRAIN;
        String method = kind == WorkKind.TRAIN ? "supervised" : "merged";
        return new NewWork("tenant-" + random.nextInt(2), kind, method, random.nextInt(3), null);
    }

    private static int back(Random random) {
        return random.nextInt(12);
    }

    private static Held held(Random random) {
        return new Held(back(random), random.nextInt(4) == 0 ? random.nextInt(3) : 0);
    }

    /** Mostly one that uses up a retry. */
    private static WorkError error(Random random) {
        return ERRORS.get(random.nextInt(3) > 0 ? random.nextInt(2) : 2 + random.nextInt(2));
    }

    private static @Nullable Integer steps(Random random) {
        return random.nextInt(3) == 0 ? null : random.nextInt(8);
    }

    private static Loss loss(Random random) {
        if (random.nextInt(8) > 0) {
            return Loss.NOTHING;
        }
        return random.nextBoolean() ? Loss.REPLY : Loss.REQUEST;
    }

    private static QueueCommand command(String text, Consumer<QueueTrial> action) {
        return new QueueCommand(text, action);
    }

    private static QueueCommand enqueue(NewWork work, boolean validating) {
        return command(
                "%s of %s with priority %d is %s"
                        .formatted(
                                work.kind(),
                                work.tenantId(),
                                work.priority(),
                                validating ? "to be validated" : "enqueued"),
                trial -> trial.enqueue(work, validating));
    }

    private static QueueCommand validate(int work, boolean valid) {
        return command(
                "work %d is %s".formatted(work, valid ? "valid" : "invalid"),
                trial -> trial.ask(
                        work,
                        model -> model.validated(valid),
                        (queue, id) -> valid ? queue.ready(id) : queue.reject(id, ERRORS.get(0))));
    }

    private static QueueCommand cancel(int work) {
        return command(
                "cancel work " + work,
                trial -> trial.ask(work, WorkModel::cancel, QueueTrial.unlessRefused(WorkQueue::cancel)));
    }

    private static QueueCommand pause(int work) {
        return command(
                "pause work " + work,
                trial -> trial.ask(work, WorkModel::pause, QueueTrial.unlessRefused(WorkQueue::pause)));
    }

    private static QueueCommand resume(int work) {
        return command(
                "resume work " + work,
                trial -> trial.ask(work, WorkModel::resume, QueueTrial.unlessRefused(WorkQueue::resume)));
    }

    private static QueueCommand claim(String worker, Slot slot, Loss loss) {
        return command(
                "%s claims for its slot %s, lost: %s".formatted(worker, slot, loss),
                trial -> trial.claim(worker, slot, loss));
    }

    private static QueueCommand progress(Held held, @Nullable Integer step, @Nullable Integer savedStep, Loss loss) {
        return command("progress of %s: step %s, saved %s, lost: %s".formatted(held, step, savedStep, loss), trial -> {
            long batch = trial.nextBatch();
            trial.work(
                    held,
                    loss,
                    (model, lease) -> model.progress(lease, batch, step, savedStep),
                    (leases, lease, writes) -> new WorkModel.Progressed(
                            leases.progress(lease, batch, step, savedStep, TestQueue.MINUTE, writes),
                            writes.haveRun()));
        });
    }

    private static QueueCommand working(Held held) {
        return command(
                held + " is working",
                trial -> trial.work(
                        held,
                        Loss.NOTHING,
                        WorkModel::held,
                        (leases, lease, writes) -> leases.working(lease, TestQueue.MINUTE, writes)));
    }

    private static QueueCommand reclaim(Held held) {
        return command(
                "reclaim " + held,
                trial -> trial.work(
                        held, Loss.NOTHING, WorkModel::reclaim, (leases, lease, writes) -> leases.reclaim(lease)));
    }

    private static QueueCommand succeed(Held held, Loss loss) {
        return command(
                "%s succeeds, lost: %s".formatted(held, loss),
                trial -> trial.work(held, loss, WorkModel::succeed, QueueTrial.ending(Leases::succeed)));
    }

    private static QueueCommand fail(Held held, WorkError error, Loss loss) {
        return command(
                "%s fails by %s, lost: %s".formatted(held, error.code(), loss),
                trial -> trial.work(
                        held,
                        loss,
                        (model, lease) -> model.fail(lease, error),
                        QueueTrial.ending((leases, lease, writes) -> leases.fail(lease, error, writes))));
    }

    private static QueueCommand giveBack(Held held, Loss loss) {
        return command(
                "%s gives back, lost: %s".formatted(held, loss),
                trial -> trial.work(held, loss, WorkModel::giveBack, QueueTrial.ending(Leases::giveBack)));
    }

    /** Its worker falls silent, also one that never heard of its claim. */
    private static QueueCommand expire(int work) {
        return command("the lease of work %d expires".formatted(work), trial -> trial.expire(work));
    }

    @Override
    public String toString() {
        return text;
    }
}
