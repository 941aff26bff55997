package dev.anneal.engine.network.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.TestDevice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import org.junit.jupiter.api.Test;

/** Tensors go in and out of native memory without changing a bit, and scopes free what they hold. */
class TensorScopeTest {

    @Test
    void bf16ComesFromBytesAndGoesBackAsBytes() {
        byte[] bytes = {(byte) 0x80, 0x3F, 0x00, 0x40, (byte) 0x80, (byte) 0xBF, (byte) 0x80, 0x3E};
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            Tensor tensor = scope.ofBytes(ByteBuffer.wrap(bytes), ElementType.BFLOAT16, 2, 2);

            assertThat(tensor.elementType()).isEqualTo(ElementType.BFLOAT16);
            assertThat(tensor.shape()).containsExactly(2, 2);
            assertThat(tensor.toFloats()).containsExactly(1f, 2f, -1f, 0.25f);
            assertThat(tensor.toBytes().array()).isEqualTo(bytes);
        }
    }

    @Test
    void fp16AndFp32ComeFromDirectAndOffsetBuffers() {
        ByteBuffer half = ByteBuffer.allocateDirect(6).order(ByteOrder.LITTLE_ENDIAN);
        half.putShort((short) 0)
                .putShort((short) 0x3C00)
                .putShort((short) 0xC000)
                .position(2);
        ByteBuffer single = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(0.1f)
                .flip();
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            assertThat(scope.ofBytes(half, ElementType.FLOAT16, 2).toFloats()).containsExactly(1f, -2f);
            assertThat(scope.ofBytes(single, ElementType.FLOAT32, 1, 1).toFloats())
                    .containsExactly(0.1f);
        }
    }

    @Test
    void emptyTensorsHaveAShape() {
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            Tensor empty = scope.ofBytes(ByteBuffer.allocate(0), ElementType.BFLOAT16, 0, 64);

            assertThat(empty.shape()).containsExactly(0, 64);
            assertThat(empty.toBytes().remaining()).isZero();
        }
    }

    @Test
    void bytesThatDoNotFillTheShapeAreRefused() {
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            assertThatThrownBy(() -> scope.ofBytes(ByteBuffer.allocate(6), ElementType.BFLOAT16, 4))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a BFLOAT16 tensor of 4 elements takes 8 bytes, got 6");
        }
    }

    /** More elements than are held in the Java heap at one time. */
    @Test
    void largeTensorsGoOutAndComeBackInParts() throws IOException {
        int count = (1 << 20) + 3;
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat(i);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            Tensor tensor = scope.zeros(ElementType.FLOAT32, count);
            tensor.overwrite(0, bytes.slice(0, 40));
            tensor.overwrite(10, bytes.slice(40, count * Float.BYTES - 40));
            tensor.writeTo(Channels.newChannel(out), 0, count);

            assertThat(out.toByteArray()).isEqualTo(bytes.array());
            assertThatThrownBy(() -> tensor.overwrite(count - 1, bytes.slice(0, 8)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void childrenLeaveNothingBehind() {
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            Tensor kept = scope.floats(new float[] {1.5f, 2.5f}, 2);
            int held = scope.held();
            for (int i = 0; i < 10; i++) {
                try (TensorScope step = scope.child()) {
                    kept.to(step, ElementType.BFLOAT16).toFloats();
                    step.longs(new long[] {i}, 1).toLongs();
                    kept.toBytes();
                }
            }

            assertThat(scope.held()).isEqualTo(held);
            assertThat(kept.toDoubles()).containsExactly(1.5, 2.5);
        }
    }

    @Test
    void memoryThatIsNotThereIsRecognised() {
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            assertThatThrownBy(() -> scope.zeros(ElementType.FLOAT32, 1L << 50))
                    .isInstanceOfSatisfying(
                            TorchException.class,
                            e -> assertThat(e.isOutOfMemory()).isTrue());
        }
    }

    @Test
    void devicesHaveTwoForms() {
        assertThatThrownBy(() -> TensorScope.open("gpu"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("device must be cpu or cuda:N, was 'gpu'");
    }
}
