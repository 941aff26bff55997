package dev.anneal.engine.network.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.TestDevice;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Program text is loaded byte for byte, called with every kind of argument, and its errors arrive with its own lines.
 */
class ProgramTest {

    @Test
    void methodsTakeEveryKindOfArgument() {
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            Program program = load(scope);
            Tensor x = scope.floats(new float[] {1, 2, 3, 4}, 4);

            Tensor sum = program.call(scope, "weigh", List.of(x, x), new long[] {1, 3}, 2, 0.5, true);
            List<Tensor> halves = program.callForList(scope, "halves", x);

            // gain 10 * 0.5 * 2 * (x[1:3] + x[1:3])
            assertThat(sum.toFloats()).containsExactly(40f, 60f);
            assertThat(halves.get(1).toFloats()).containsExactly(3f, 4f);
        }
    }

    @Test
    void failedAssertionsNameTheirTextAndLine() {
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            Program program = load(scope);
            Tensor x = scope.floats(new float[] {1}, 1);

            assertThatThrownBy(() -> program.callForList(scope, "halves", x))
                    .isInstanceOf(TorchException.class)
                    .hasMessageStartingWith("in halves:")
                    .hasMessageContaining("needs an even length")
                    .hasMessageContaining("__torch__.py");
        }
    }

    @Test
    void unknownArgumentTypesAreRefusedBeforeTheCall() {
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            Program program = load(scope);

            assertThatThrownBy(() -> program.call(scope, "weigh", 'x'))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a program takes no argument of type java.lang.Character");
        }
    }

    @Test
    void missingProgramsAreNamed() {
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            assertThatThrownBy(() -> Program.load(scope, "absent", "Absent", Map.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no program /torchscript/absent.py on the class path");
        }
    }

    private static Program load(TensorScope scope) {
        return Program.load(scope, "arguments", "Arguments", Map.of("gain", 10.0, "least", 2));
    }
}
