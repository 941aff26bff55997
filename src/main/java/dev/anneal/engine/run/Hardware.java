package dev.anneal.engine.run;

import dev.anneal.engine.network.architecture.Arithmetic;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.torch.Devices;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.run.task.TaskException;
import dev.anneal.protocol.Task;
import java.util.function.LongSupplier;

/** Capabilities of a task's machine and the arithmetic that follows from them. */
final class Hardware {

    private static final String CPU = "cpu";

    private Hardware() {}

    /** Free memory for passes on the task's device, in bytes. */
    static LongSupplier freeMemory(Task.Machine machine) {
        return machine.device().equals(CPU) ? FreeMemory::bytes : () -> FreeMemory.ofDevice(machine.device());
    }

    /**
     * Type of the frozen weights, chosen by {@link Arithmetic}.
     *
     * @throws TaskException if the task's precision is unknown
     */
    static ElementType precision(Task.Machine machine, ModelConfig model) {
        try {
            boolean bf16 =
                    Arithmetic.isBf16(machine.precision(), model.hiddenSize(), multipliesBf16Fast(machine.device()));
            return bf16 ? ElementType.BFLOAT16 : ElementType.FLOAT32;
        } catch (IllegalArgumentException e) {
            throw TaskException.badInput("invalid_task", String.valueOf(e.getMessage()), null);
        }
    }

    private static boolean multipliesBf16Fast(String device) {
        return device.equals(CPU) ? Arithmetic.processorMultipliesBf16Fast() : Devices.multipliesBf16(device);
    }
}
