package dev.anneal.service.training.settings;

/**
 * What distinguishes a draft head from a model of one layer.
 *
 * @param fixed weights that are not trained: its output embedding, and the target's for the tokens that it proposes
 * @param whole weights that are trained in full beside an adapter: fc and the norms
 * @param depths steps of training-time test, each of which keeps its activations
 * @param keptAtDepth values of a token that each of them keeps beside those of a layer
 * @param keptOnce values of a token that are kept for all of them: the target's states and what fc makes of them
 */
record HeadParts(long fixed, long whole, int depths, long keptAtDepth, long keptOnce) {}
