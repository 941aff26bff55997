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
     * @param address of this machine for the other processes
     */
    static List<Task> of(Task task, List<Task.Machine> machines, Claim claim, Meeting meeting, String address) {
        Claim.Part part = claim.part();
        if (part.size() == 1) {
            return List.of(task);
        }
        List<Task> tasks = new ArrayList<>();
        for (Task.Machine machine : machines) {
            int rank = part.firstRank() + tasks.size();
            tasks.add(((TrainTask) task)
                    .of(
                            machine,
                            new TrainTask.Group(
                                    nameOf(claim.lease()),
                                    meeting.host(),
                                    meeting.port(),
                                    address,
                                    rank,
                                    part.size())));
        }
        return tasks;
    }

    /** No process of another attempt has this name, so none can join. */
    private static String nameOf(Lease lease) {
        return "work-%d-%d-%s".formatted(lease.workId(), lease.token(), lease.nonce());
    }
}
