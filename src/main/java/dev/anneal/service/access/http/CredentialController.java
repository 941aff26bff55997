package dev.anneal.service.access.http;

import dev.anneal.service.access.tenant.AnyScope;
import dev.anneal.service.access.tenant.Principal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/anneal/credential}: whose key or token a request carries, and what it may do. */
@RestController
class CredentialController {

    @GetMapping("/v1/anneal/credential")
    @AnyScope
    CredentialBody retrieve(Principal principal) {
        return CredentialBody.of(principal);
    }
}
