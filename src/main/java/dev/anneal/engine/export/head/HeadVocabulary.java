package dev.anneal.engine.export.head;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsException;
import dev.anneal.engine.format.safetensors.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** The tokens that a reduced head can propose. */
record HeadVocabulary(TrainedHead head) {

    /** {@code d2t} as it is, and the {@code t2d} that follows from it. */
    List<TensorData> tensors() throws IOException {
        ByteBuffer offsets = head.tensors().bytes(TrainedHead.OFFSETS);
        ByteBuffer members = members(offsets.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        return List.of(
                new TensorData(
                        TrainedHead.OFFSETS,
                        Dtype.I64,
                        List.of((long) head.vocabulary()),
                        channel -> TensorData.writeFully(channel, offsets.duplicate())),
                new TensorData(
                        TrainedHead.MEMBERS,
                        Dtype.BOOL,
                        List.of((long) head.targetVocabulary()),
                        channel -> TensorData.writeFully(channel, members.duplicate())));
    }

    private ByteBuffer members(ByteBuffer offsets) {
        byte[] members = new byte[head.targetVocabulary()];
        for (int id = 0; id < head.vocabulary(); id++) {
            long target = id + offsets.getLong();
            if (target < 0 || target >= members.length || members[(int) target] != 0) {
                throw new SafetensorsException(
                        head.tensors().path(),
                        "tensor 'd2t': draft id %d cannot be the target's id %d".formatted(id, target));
            }
            members[(int) target] = 1;
        }
        return ByteBuffer.wrap(members);
    }
}
