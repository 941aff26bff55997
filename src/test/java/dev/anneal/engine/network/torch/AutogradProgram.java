package dev.anneal.engine.network.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.Map;

/** A program whose calls build a graph, so that autograd can be held against gradients derived by hand. */
public final class AutogradProgram {

    private final Program program;

    public AutogradProgram(TensorScope owner, String name, String className, Map<String, Number> attributes) {
        this.program = Program.load(owner, name, className, attributes);
    }

    /** Marks tensors as leaves whose gradients are wanted. */
    public static void requireGradients(List<Tensor> leaves) {
        leaves.forEach(leaf -> leaf.array().setRequiresGradient(true));
    }

    /** Runs a method that returns a scalar and differentiates it; arguments are tensors and lists of tensors. */
    public double differentiate(TensorScope scope, String method, Object... arguments) {
        Torch.prepareThread();
        NDList inputs = new NDList();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof Tensor tensor) {
                tensor.array().setName(null);
                inputs.add(tensor.array());
            } else {
                for (Object element : (List<?>) arguments[i]) {
                    PtNDArray array = ((Tensor) element).array();
                    array.setName("list" + i + "[]");
                    inputs.add(array);
                }
            }
        }
        NDArray marker = scope.manager().create(0f);
        marker.setName("module_method:" + method);
        inputs.add(marker);
        JniUtils.setGradMode(true);
        try {
            PtNDArray value = (PtNDArray)
                    IValueUtils.forward(program.block(), inputs, true).get(0);
            JniUtils.setGradMode(false);
            JniUtils.backward(value, (PtNDArray) scope.manager().create(1f), false, false);
            return value.toFloatArray()[0];
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    /** Runs a method that returns a tensor, without a graph. */
    public float[] evaluate(TensorScope scope, String method, Object... arguments) {
        try (Tensor result = program.call(scope, method, arguments)) {
            return result.toFloats();
        }
    }

    /** The sum of the gradients that calls of {@link #differentiate} left in a leaf. */
    public static float[] gradientOf(Tensor leaf) {
        return leaf.array().getGradient().toFloatArray();
    }
}
