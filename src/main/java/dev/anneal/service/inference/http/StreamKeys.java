package dev.anneal.service.inference.http;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.StrictObject;

/**
 * Whether and how an answer is streamed.
 *
 * @param usage whether the last chunk has the token counts
 */
record StreamKeys(boolean stream, boolean usage) {

    static StreamKeys read(StrictObject request) {
        boolean stream = Boolean.TRUE.equals(request.flag("stream"));
        StrictObject options = request.object("stream_options");
        if (options == null) {
            return new StreamKeys(stream, false);
        }
        if (!stream) {
            throw Refusal.invalidValue("stream_options", "'stream_options' is for requests with 'stream': true");
        }
        boolean usage = Boolean.TRUE.equals(options.flag("include_usage"));
        // Padding against eavesdroppers is left to the TLS endpoint.
        options.flag("include_obfuscation");
        options.refuseOthers();
        return new StreamKeys(true, usage);
    }
}
