package dev.anneal.engine.network.torch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Processes that combine their tensors by libtorch's c10d: over Gloo, or by NCCL those of CUDA devices if the library
 * has it. All ranks make the same calls in the same order, and a call returns when all have made it. A rank that ends
 * makes the others' calls fail at once over Gloo, one that is silent for longer than the timeout then. Not thread-safe.
 * Closed by its owner.
 */
public final class ProcessGroup implements AutoCloseable {

    private final TensorScope scope;
    private final Program program;
    private final String name;
    private final int rank;
    private final int size;
    private Runnable before = () -> {};
    private boolean isWaitedFor;

    /**
     * Where ranks meet.
     *
     * @param name which the ranks of one group have in common and no other group has
     * @param store {@code file:/absolute/path} of a file that no earlier group has used, for ranks of one machine, or
     *     {@code tcp://host:port}, which rank 0 serves on all interfaces without authentication; IPv6 addresses are in
     *     brackets
     * @param address of this process for the others: a name or an IP address of one of its interfaces
     * @param timeout longest wait for another rank
     */
    public record Meeting(String name, String store, String address, Duration timeout) {}

    private ProcessGroup(TensorScope scope, Program program, String name, int rank, int size) {
        this.scope = scope;
        this.program = program;
        this.name = name;
        this.rank = rank;
        this.size = size;
    }

    /**
     * Opens a group, once all of its ranks do.
     *
     * @param scope ends after the group
     * @param rank from 0 on
     * @param size number of ranks
     * @throws IllegalArgumentException if the store has another form, or its file no folder
     * @throws DeviceException if this platform has no library for groups
     */
    public static ProcessGroup open(TensorScope scope, Meeting meeting, int rank, int size) {
        GroupStore store = GroupStore.of(meeting.store());
        GroupLibrary.load();
        Program program = Program.load(scope, "group", "Group", Map.of());
        String name = meeting.name() + "/" + rank;
        program.call(
                        scope,
                        "open",
                        name,
                        meeting.name(),
                        store.file(),
                        store.host(),
                        store.port(),
                        rank,
                        size,
                        meeting.address(),
                        meeting.timeout().toMillis())
                .close();
        return new ProcessGroup(scope, program, name, rank, size);
    }

    public int rank() {
        return rank;
    }

    public int size() {
        return size;
    }

    /**
     * Runs something before each call, other than {@link #gather(Tensor, Tensor)}: what ranks do for each other by that
     * one until all of them have come to this call.
     */
    public void before(Runnable waiting) {
        if (isWaitedFor) {
            throw new IllegalStateException("the group serves one set of layers already");
        }
        isWaitedFor = true;
        before = waiting;
    }

    /** Overwrites each tensor with its sum over all ranks, which has the same bits on each of them. */
    public void sum(List<Tensor> tensors) {
        before.run();
        program.callForList(scope, "sum", name, tensors).forEach(Tensor::close);
    }

    /** Overwrites each tensor with that of a rank. */
    public void broadcast(List<Tensor> tensors, int source) {
        before.run();
        tensors.forEach(
                tensor -> program.call(scope, "broadcast", name, tensor, source).close());
    }

    /**
     * Overwrites a tensor with the tensors of all ranks, one after another by rank. They have one shape and type.
     *
     * @param all with the elements of all of them
     */
    public void gather(Tensor own, Tensor all) {
        program.call(scope, "gather_into", name, own, size, all).close();
    }

    /** The number that each rank gives, by rank. */
    public long[] gather(long own) {
        before.run();
        return numbers(own);
    }

    private long[] numbers(long own) {
        try (Tensor number = scope.longs(new long[] {own}, 1);
                Tensor all = program.call(scope, "gather", name, number, size)) {
            return all.toLongs();
        }
    }

    /** The bytes that each rank gives, by rank. */
    public List<byte[]> gather(byte[] own) {
        before.run();
        long[] lengths = numbers(own.length);
        int longest = (int) Arrays.stream(lengths).max().orElse(0);
        List<byte[]> parts = new ArrayList<>();
        if (longest == 0) {
            Arrays.stream(lengths).forEach(none -> parts.add(new byte[0]));
            return parts;
        }
        ByteBuffer padded = ByteBuffer.allocateDirect(longest).order(ByteOrder.LITTLE_ENDIAN);
        padded.put(0, own);
        try (Tensor bytes = scope.ofBytes(padded, ElementType.UINT8, longest);
                Tensor all = program.call(scope, "gather", name, bytes, size)) {
            ByteBuffer everything = all.toBytes();
            for (int other = 0; other < size; other++) {
                byte[] part = new byte[(int) lengths[other]];
                everything.get(other * longest, part);
                parts.add(part);
            }
        }
        return parts;
    }

    @Override
    public void close() {
        program.call(scope, "close", name).close();
    }
}
