import type { ApiPlan } from './api-plan.ts';
import type { NextPage, PageToken, Paginator } from './pagination/paginator.ts';
import type { UnplacedValidator } from './read-page.ts';
import { setQuery } from './address-part.ts';
import type { Vault } from './secrets/vault.ts';

/** An API may echo a secret in any header and in the address of its next page: there it is followed but not kept. */
export class SecretTraces {
  readonly #plan: ApiPlan;
  readonly #vault: Vault;
  readonly #paginator: Paginator;

  constructor(plan: ApiPlan, vault: Vault, paginator: Paginator) {
    this.#plan = plan;
    this.#vault = vault;
    this.#paginator = paginator;
  }

  areIn(token: PageToken): boolean {
    return this.#plan.auth.isNeeded && this.#vault.masker.finds(String(token));
  }

  /** The next address without the parameters that hold secrets, which are attached anew. */
  without(next: NextPage): NextPage {
    const { secretParameters } = this.#plan;
    if (next.kind !== 'next' || secretParameters.length === 0) return next;
    const token = this.#paginator.address(next.token) === null ? next.token : String(next.token);
    if (typeof token !== 'string' || !URL.canParse(token)) return next;
    const url = new URL(token);
    setQuery(
      url,
      secretParameters.map((name) => [name, '']),
    );
    return { kind: 'next', token: url.href };
  }

  /** A tag that holds a secret is not kept; the page is then known by its body alone. */
  withoutTags(validator: UnplacedValidator): UnplacedValidator {
    if (!this.#plan.auth.isNeeded) return validator;
    const harmless = (tag: string | null) => (tag !== null && this.areIn(tag) ? null : tag);
    const { etag, lastModified } = validator;
    return { ...validator, etag: harmless(etag), lastModified: harmless(lastModified) };
  }
}
