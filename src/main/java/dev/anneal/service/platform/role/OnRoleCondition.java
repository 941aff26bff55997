package dev.anneal.service.platform.role;

import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Evaluates {@link ConditionalOnRole}. */
final class OnRoleCondition implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Object wanted = Objects.requireNonNull(metadata.getAnnotationAttributes(ConditionalOnRole.class.getName()))
                .get("value");
        Set<Role> played = Role.in(context.getEnvironment());
        return Arrays.stream((Role[]) Objects.requireNonNull(wanted)).anyMatch(played::contains);
    }
}
