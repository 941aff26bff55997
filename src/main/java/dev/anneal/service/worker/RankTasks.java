package dev.anneal.service.worker;

import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Lease;
import java.util.ArrayList;
import java.util.List;

/** The tasks of the processes that train a job together on devices of this machine. */
final class RankTasks {

    private RankTasks() {}

    /**
     * @param task of the attempt, for the first machine
     * @param machines one for each process
     */
    static List<Task> of(Task task, List<Task.Machine> machines, Claim claim, MeetingPlace place) {
        Claim.Part part = claim.part();
        if (part.size() == 1) {
            return List.of(task);
        }
        String name = nameOf(claim.lease());
        List<Task> tasks = new ArrayList<>();
        for (Task.Machine machine : machines) {
            int rank = part.firstRank() + tasks.size();
            TrainTask.Group group = new TrainTask.Group(name, place.store(), place.address(), rank, part.size());
            tasks.add(((TrainTask) task).of(machine, group));
        }
        return tasks;
    }

    /** No process of another attempt has this name, so none can join. */
    private static String nameOf(Lease lease) {
        return "work-%d-%d-%s".formatted(lease.workId(), lease.token(), lease.nonce());
    }
}
