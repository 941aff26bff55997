/**
 * Chat templates: a small Jinja interpreter over maps, lists and strings, without reflection and with limits on steps
 * and output. The parser composes functions over a rendering's {@code Context} and the values of {@code value}.
 */
@NamedInterface
package dev.anneal.engine.text.template;

import org.springframework.modulith.NamedInterface;
