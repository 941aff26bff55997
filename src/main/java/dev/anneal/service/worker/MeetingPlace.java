package dev.anneal.service.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;

/**
 * Where the processes of an attempt meet.
 *
 * @param store as {@link dev.anneal.protocol.TrainTask.Group} has it
 * @param address of this machine for the other processes
 */
record MeetingPlace(String store, String address) {

    private static final String STORE_FILE = "group.store";

    /**
     * That of processes which all run on this machine.
     *
     * @param folder that no earlier attempt has used, and that only this user may access: whoever can write to the
     *     store can disturb the attempt
     */
    static MeetingPlace in(Path folder) {
        return new MeetingPlace(
                "file:" + folder.resolve(STORE_FILE).toAbsolutePath(),
                InetAddress.getLoopbackAddress().getHostAddress());
    }

    /**
     * That of processes on several machines, at a port which is free now. If another program takes it meanwhile, the
     * attempt fails and is repeated.
     *
     * @param address of this machine
     * @throws IOException if it is none
     */
    static MeetingPlace at(String address) throws IOException {
        String host = address.contains(":") ? '[' + address + ']' : address;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            URI store = URI.create("tcp://" + host + ':' + socket.getLocalPort());
            if (store.getHost() == null) {
                throw new IOException("not the name of a host");
            }
            return new MeetingPlace(store.toString(), address);
        } catch (IllegalArgumentException e) {
            throw new IOException("not the name of a host", e);
        }
    }
}
