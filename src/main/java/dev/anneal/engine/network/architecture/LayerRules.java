package dev.anneal.engine.network.architecture;

/** How a family's {@code config.json} determines what its layers differ in. */
record LayerRules(WindowRule windows, RotaryRule rotary) {

    /** All layers see all tokens and rotate alike. */
    static final LayerRules EQUAL = of(WindowRule.NO_LAYER);

    static LayerRules of(WindowRule windows) {
        return new LayerRules(windows, RotaryRule.ALIKE);
    }
}
