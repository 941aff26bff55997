package dev.anneal.service.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;

/**
 * Where the processes of an attempt meet.
 *
 * @param store as {@link dev.anneal.protocol.TrainTask.Group} has it
 * @param address of this machine for the other processes
 */
record Meeting(String store, String address) {

    private static final String STORE_FILE = "group.store";

    /**
     * That of processes which all run on this machine.
     *
     * @param folder that no earlier attempt has used, and that only this user may access: whoever can write to the
     *     store can disturb the attempt
     */
    static Meeting in(Path folder) {
        return new Meeting(
                "file:" + folder.resolve(STORE_FILE).toAbsolutePath(),
                InetAddress.getLoopbackAddress().getHostAddress());
    }

    /** That of processes on several machines, at a port which is free now. If another program takes it meanwhile, the
     * attempt fails and is repeated. */
    static Meeting at(String address) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            String host = address.contains(":") ? '[' + address + ']' : address;
            return new Meeting("tcp://" + host + ':' + socket.getLocalPort(), address);
        }
    }
}
