package dev.anneal.service.training.settings;

import static dev.anneal.service.training.settings.TrainingOptions.or;

import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.platform.refusal.Refusal;

/** Which numbers of devices a training can have. {@code docs/devices.md} lists what is refused. */
public final class DeviceRules {

    public static final String PARAM = "anneal.devices";
    private static final String PLACEMENT = "anneal.base_placement";

    private DeviceRules() {}

    /** Refuses what no file makes possible. */
    static void check(TrainingOptions options, MethodRules.Read method) {
        int most = TrainingSettings.ORDERED_PORTIONS;
        if (options.reproducible().equals(TrainingSettings.ANY_DEVICES) && options.devices() > most) {
            throw refusal(
                    options.devices(),
                    ("but with 'anneal.reproducible': '%s' a job has at most %d; ask for at most %d, or for"
                                    + " 'anneal.reproducible': '%s'")
                            .formatted(TrainingSettings.ANY_DEVICES, most, most, TrainingSettings.SAME_DEVICES));
        }
        int batchSize = or(method.hyperparameters().batchSize(), SettingsResolver.BATCH_SIZE);
        DatasetFormat format = TrainingMethods.of(method.method()).format();
        requireRows(options, format, batchSize * options.gradientAccumulation());
    }

    /** Refuses to share out weights that are not frozen, or on one device. */
    static void checkPlacement(TrainingOptions options, boolean trainsAdapter, boolean trainsHead) {
        if (!options.basePlacement().equals(TrainingSettings.SHARDED)) {
            return;
        }
        String reason = null;
        if (options.devices() == 1) {
            reason = "but one device trains the job; ask for at least 2 '%s', or leave it out".formatted(PARAM);
        } else if (trainsHead || !trainsAdapter) {
            reason = "but only the weights under an adapter can be shared out; train an adapter, or leave it out";
        }
        if (reason != null) {
            throw Refusal.invalidValue(
                    PLACEMENT, "'%s' is '%s', %s".formatted(PLACEMENT, TrainingSettings.SHARDED, reason));
        }
    }

    /**
     * Requires a row of each step for each device.
     *
     * @param rows number of rows, packed sequences, pairs or prompts of a step, or the most that it can have
     */
    static void requireRows(TrainingOptions options, DatasetFormat format, int rows) {
        if (options.devices() > rows) {
            String noun = noun(format, options.packing());
            throw refusal(
                    options.devices(),
                    ("but a step has %d %s, and each device needs one at least; ask for at most %d, or give more %s to"
                                    + " a step ('batch_size', 'anneal.gradient_accumulation', a larger file)")
                            .formatted(rows, rows == 1 ? noun : noun + 's', rows, noun + 's'));
        }
    }

    private static String noun(DatasetFormat format, boolean packing) {
        return switch (format) {
            case CHAT -> packing ? "packed sequence" : "row";
            case PREFERENCE -> "pair";
            case REINFORCEMENT -> "prompt";
        };
    }

    /** @param reason why the number is not possible, and what to do */
    public static Refusal refusal(int devices, String reason) {
        return Refusal.invalidValue(PARAM, "'%s' is %d, %s".formatted(PARAM, devices, reason));
    }
}
