package dev.anneal.service.worker;

import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import dev.anneal.service.queue.lease.Lease;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** The tasks of the processes that train a job together on devices of this machine. */
final class RankTasks {

    private RankTasks() {}

    /**
     * @param task of the attempt, for the first machine
     * @param machines one for each process
     */
    static List<Task> of(Task task, List<Task.Machine> machines, Lease lease) throws IOException {
        if (machines.size() == 1) {
            return List.of(task);
        }
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        // No process of another attempt has this name, so none can join.
        String name = "work-%d-%d-%s".formatted(lease.workId(), lease.token(), lease.nonce());
        int port = freePort();
        List<Task> tasks = new ArrayList<>();
        for (int rank = 0; rank < machines.size(); rank++) {
            tasks.add(((TrainTask) task)
                    .of(machines.get(rank), new TrainTask.Group(name, host, port, host, rank, machines.size())));
        }
        return tasks;
    }

    /** A port that is free now. If another program takes it meanwhile, the attempt fails and is repeated. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
