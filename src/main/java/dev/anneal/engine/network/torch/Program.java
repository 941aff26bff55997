package dev.anneal.engine.network.torch;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A loaded TorchScript program whose methods are called by name, with gradients off.
 *
 * <p>An argument is a {@link Tensor}, a list of tensors, an int or long, a double, a boolean, a string, or a
 * {@code long[]} for a list of ints, a {@code double[]} for a list of floats; order and types must be those of the
 * method. Arguments are passed as values, never by names on tensors, so any number of threads may call one program and
 * share tensors. Methods that say so change tensors in place.
 */
public final class Program {

    private final PtSymbolBlock block;

    private Program(PtSymbolBlock block) {
        this.block = block;
    }

    /**
     * Loads {@code /torchscript/<name>.py}.
     *
     * @param owner scope that owns the program
     * @param className name of the class in the text
     * @param attributes the class's typed attributes, Integer or Double
     */
    public static Program load(TensorScope owner, String name, String className, Map<String, Number> attributes) {
        return load(owner, List.of(name), className, attributes);
    }

    /**
     * Loads a class whose text is in several files.
     *
     * @param names of the files without their ending: the first one begins the class, and the others continue it
     */
    public static Program load(
            TensorScope owner, List<String> names, String className, Map<String, Number> attributes) {
        Torch.prepareThread();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        names.forEach(name -> text.writeBytes(text(name)));
        try {
            byte[] archive = ScriptArchive.of(className, text.toByteArray(), attributes);
            return new Program(JniUtils.loadModule(owner.manager(), new ByteArrayInputStream(archive), false, false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (EngineException e) {
            throw new TorchException("cannot load the program %s: %s".formatted(names, e.getMessage()), e);
        }
    }

    private static byte[] text(String name) {
        String resource = "/torchscript/" + name + ".py";
        try (InputStream text = Program.class.getResourceAsStream(resource)) {
            if (text == null) {
                throw new IllegalArgumentException("no program " + resource + " on the class path");
            }
            return text.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a method that returns one tensor; the result belongs to {@code scope}. */
    public Tensor call(TensorScope scope, String method, Object... arguments) {
        try (IValue result = run(method, arguments)) {
            return new Tensor(
                    scope, TorchException.guarded("result of " + method, () -> result.toTensor(scope.manager())));
        }
    }

    /** Runs a method that returns a list of tensors; the results belong to {@code scope}. */
    public List<Tensor> callForList(TensorScope scope, String method, Object... arguments) {
        try (IValue result = run(method, arguments)) {
            List<Tensor> tensors = new ArrayList<>();
            PtNDArray[] arrays =
                    TorchException.guarded("results of " + method, () -> result.toTensorArray(scope.manager()));
            for (PtNDArray array : arrays) {
                tensors.add(new Tensor(scope, array));
            }
            return tensors;
        }
    }

    PtSymbolBlock block() {
        return block;
    }

    private IValue run(String method, Object... arguments) {
        Torch.prepareThread();
        IValue[] values = new IValue[arguments.length];
        try {
            for (int i = 0; i < arguments.length; i++) {
                values[i] = valueOf(arguments[i]);
            }
            return TorchException.guarded("in " + method, () -> IValueUtils.runMethod(block, method, values));
        } finally {
            for (IValue value : values) {
                if (value != null) {
                    value.close();
                }
            }
        }
    }

    private static IValue valueOf(Object argument) {
        if (argument instanceof Tensor tensor) {
            return IValue.from(tensor.array());
        }
        if (argument instanceof List<?> tensors) {
            return IValue.listFrom(
                    tensors.stream().map(t -> ((Tensor) t).array()).toArray(PtNDArray[]::new));
        }
        if (argument instanceof Integer || argument instanceof Long) {
            return IValue.from(((Number) argument).longValue());
        }
        if (argument instanceof Double number) {
            return IValue.from(number.doubleValue());
        }
        if (argument instanceof Boolean flag) {
            return IValue.from(flag.booleanValue());
        }
        if (argument instanceof String text) {
            return IValue.from(text);
        }
        if (argument instanceof long[] numbers) {
            return IValue.listFrom(numbers);
        }
        if (argument instanceof double[] numbers) {
            return IValue.listFrom(numbers);
        }
        throw new IllegalArgumentException(
                "a program takes no argument of type " + argument.getClass().getName());
    }
}
