/**
 * Generated from docs/openapi.json by `npm run client`; do not edit.
 */
export interface paths {
    "/v1/customers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List customers
         * @description Returns customers, newest first. Search by address, by your own reference, by the id at Stripe, or by part of a name.
         *
         *     Needs the scope `read`.
         */
        get: operations["listCustomers"];
        put?: never;
        /**
         * Create a customer
         * @description Registers a person whom you will charge, here and at Stripe. With a `reference` of your own the call may be repeated: it answers 200 with the customer of that reference, or 409 `reference_taken` if what you send differs from them. Pass `stripe_customer_id` to take over a customer whom Stripe already has.
         *
         *     Needs the scope `write`.
         */
        post: operations["createCustomer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve a customer
         * @description Returns a customer with their default payment method.
         *
         *     Needs the scope `read`.
         */
        get: operations["retrieveCustomer"];
        put?: never;
        post?: never;
        /**
         * Erase a customer
         * @description Forgets a person who asks for it. Address, name and devices are removed at once; the evidence of their payments is removed once no payment can come back, on the day that `erased_on` names. Refused with `charges_open` while a charge is open.
         *
         *     Needs the scope `write`.
         */
        delete: operations["eraseCustomer"];
        options?: never;
        head?: never;
        /**
         * Update a customer
         * @description Changes the fields that you send and leaves the others; null clears a field. Mails that are still to come go to the new address, in the new language.
         *
         *     Needs the scope `write`.
         */
        patch: operations["updateCustomer"];
        trace?: never;
    };
    "/v1/customers/{id}/rebind": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bind a customer to another one at Stripe
         * @description Repairs a customer who was deleted at Stripe, where deleting is for good. Name another customer there, or null to have one made. Saved payment methods do not come along: the customer saves one again.
         *
         *     Needs the scope `write`.
         */
        post: operations["rebindCustomer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop everything for a customer
         * @description Revokes every consent and closes every open charge and setup of a customer who asks you to stop. Nothing is charged until you resume them. `in_flight` names charges that may still be paid because their confirm had already left for Stripe.
         *
         *     Needs the scope `write`.
         */
        post: operations["stopCustomer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a stopped customer
         * @description Lifts a stop, so that the customer may be charged again. What the stop revoked stays revoked: the customer gives a new consent first.
         *
         *     Needs the scope `write`.
         */
        post: operations["resumeCustomer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/setups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List setups
         * @description Returns setups, newest first, of one customer or in one status if you ask for it.
         *
         *     Needs the scope `read`.
         */
        get: operations["listSetups"];
        put?: never;
        /**
         * Begin to save a payment method
         * @description Starts saving a card, or a bank account for debits (`payment_method_types`), while its customer is there, together with the consent that later charges rest on. Send the customer to `url` (`via: checkout`), or show Stripe Elements with `client_secret` (`via: elements`). With `consent.collect: true` our own page asks for the agreement first, and you need not collect evidence.
         *
         *     Needs the scope `write`.
         */
        post: operations["createSetup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/setups/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve a setup
         * @description Returns a setup; with `wait` it answers as soon as the setup waits for its customer or has ended. `client_secret` and `url` are shown only to keys with the scope `write`, because their holder may save a card.
         *
         *     Needs the scope `read`.
         */
        get: operations["retrieveSetup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/setups/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a setup
         * @description Asks for the end of a setup that its customer has not finished. It is `canceled` once Stripe has confirmed that it can no longer succeed; until then `detail` is `closing`.
         *
         *     Needs the scope `write`.
         */
        post: operations["cancelSetup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/{id}/payment_methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a customer's payment methods
         * @description Returns what a customer has on file, newest first, detached methods included.
         *
         *     Needs the scope `read`.
         */
        get: operations["listPaymentMethods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment_methods/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve a payment method
         * @description Returns a saved payment method with the consent that it was saved under.
         *
         *     Needs the scope `read`.
         */
        get: operations["retrievePaymentMethod"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment_methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adopt a payment method that Stripe has
         * @description Takes over a payment method that another program saved at Stripe for this customer, for example when you migrate. Send the consent that its holder gave: charges rest on it. A debit needs a mandate, and the billing address that its scheme asks for.
         *
         *     Needs the scope `write`.
         */
        post: operations["adoptPaymentMethod"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment_methods/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept a payment method that was saved too late, or disputed
         * @description Makes a payment method usable whose setup had ended before its customer finished saving it, or with which a payment was disputed. Accept it only if the customer still wants it on file.
         *
         *     Needs the scope `write`.
         */
        post: operations["acceptPaymentMethod"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment_methods/{id}/detach": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Detach a payment method
         * @description Takes a payment method off file, here and at Stripe, when its customer removes it. No new charge uses it; `in_flight` names charges that may still be paid with it because their confirm had already left for Stripe.
         *
         *     Needs the scope `write`.
         */
        post: operations["detachPaymentMethod"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment_methods/{id}/default": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a payment method its customer's default
         * @description Makes this the method that is charged when a charge names none. Charges that follow their customer and wait for a retry are tried with it.
         *
         *     Needs the scope `write`.
         */
        post: operations["setDefaultPaymentMethod"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/consents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve a consent
         * @description Returns what a customer agreed to, with the evidence. Use it to answer a dispute, or to show customers what they have permitted.
         *
         *     Needs the scope `read`.
         */
        get: operations["retrieveConsent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/consents/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke a consent
         * @description Ends a permission when its customer withdraws it. Every open charge that rests on it is closed, and no new charge may rest on it. `in_flight` names what may still be paid because its confirm had already left for Stripe; `also_running` names open charges that use the same payment methods under other consents.
         *
         *     Needs the scope `write`.
         */
        post: operations["revokeConsent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/charges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List charges
         * @description Returns charges, newest first. Filter by customer, status, reference, metadata, time, or PaymentIntent, for example to reconcile your own books.
         *
         *     Needs the scope `read`.
         */
        get: operations["listCharges"];
        put?: never;
        /**
         * Charge a saved payment method
         * @description Accepts a charge of a customer who is away and answers 202 at once: a worker tries it, now or at `due_at`. The outcome comes later, as an event, or by `retrieveCharge` with `wait`. The same Idempotency-Key never charges twice, however often you repeat the call.
         *
         *     Needs the scope `write`.
         */
        post: operations["createCharge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/charges/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve a charge
         * @description Returns a charge with its attempts and its newest recovery. With `wait` it answers as soon as the charge is settled or waits for its customer.
         *
         *     Needs the scope `read`.
         */
        get: operations["retrieveCharge"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Update a charge that has not begun
         * @description Changes amount, time, description, metadata or document of a charge of which nothing has begun at Stripe, for example when the final amount differs from the estimate. The customer’s consent must cover the new amount.
         *
         *     Needs the scope `write`.
         */
        patch: operations["updateCharge"];
        trace?: never;
    };
    "/v1/charges/{id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve a charge's timeline
         * @description Returns every move of a charge, its attempts and its recoveries, oldest first, with what caused each. Kept for 25 months after the charge has ended.
         *
         *     Needs the scope `read`.
         */
        get: operations["retrieveChargeTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/charges/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a charge
         * @description Asks for the end of a charge that is not paid yet. It is `canceled` once Stripe has confirmed that its PaymentIntent can no longer take money; until then `detail` is `closing`. `in_flight` names the charge itself while a confirm that has already left may still succeed.
         *
         *     Needs the scope `write`.
         */
        post: operations["cancelCharge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/charges/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry a charge now
         * @description Tries a charge at once that waits for its next automatic attempt, for example after its customer told you that the account has funds. Refused with `conflict` where only the customer can help, or where the network forbids another try.
         *
         *     Needs the scope `write`.
         */
        post: operations["retryCharge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/charges/{id}/payment_method": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Choose the payment method of a charge
         * @description Has an open charge keep one payment method of its customer, instead of following whichever is the default. The next automatic attempt uses it.
         *
         *     Needs the scope `write`.
         */
        post: operations["setChargePaymentMethod"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/charges/{id}/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refund a charge
         * @description Gives back a part of what a charge received, or all that is left. It is made at Stripe by a worker; the outcome comes as `refund.*` and `charge.refunded`. Refunds that are open and those that are done never exceed what was received, whoever asked for them.
         *
         *     Needs the scope `write`.
         */
        post: operations["createRefund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List refunds
         * @description Returns refunds, newest first, also those that somebody made in Stripe’s dashboard. Filter by charge.
         *
         *     Needs the scope `read`.
         */
        get: operations["listRefunds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/refunds/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve a refund
         * @description Returns a refund as it now is. One that has succeeded may still fail, where a bank sends it back.
         *
         *     Needs the scope `read`.
         */
        get: operations["retrieveRefund"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/charges/{id}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve what there is to show for a payment
         * @description Returns the consent with its evidence, mails, presses, attempts, refunds, disputes and the timeline of a charge, for whoever answers a dispute. With `Accept: text/html` it is a page to print.
         *
         *     Needs the scope `read`.
         */
        get: operations["retrieveChargeEvidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/charges/{id}/recovery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve a charge's recovery with its link
         * @description Returns the newest recovery of a charge with the link to its page, so that you can pass it on by a channel of your own. Needs the scope `write`, because whoever has the link may pay with another card.
         *
         *     Needs the scope `write`.
         */
        get: operations["retrieveRecovery"];
        put?: never;
        /**
         * Bring the customer in now
         * @description Opens a recovery for a charge that waits for its next automatic attempt, so that its customer can pay now. The answer has the link; the usual mails go out, too.
         *
         *     Needs the scope `write`.
         */
        post: operations["openRecovery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/charges/{id}/recovery/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mail a recovery's link again
         * @description Mails the link once more to a customer who has lost it or whose address was wrong. With `revoke_earlier: true` the mail has a new link and every earlier one ends.
         *
         *     Needs the scope `write`.
         */
        post: operations["resendRecovery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List runs
         * @description Newest first.
         *
         *     Needs the scope `read`.
         */
        get: operations["listRuns"];
        put?: never;
        /**
         * Make a run
         * @description An empty draft. Its lines come in by `POST /v1/runs/{id}/charges`, and nothing is charged before it is started; of a run with `hold`, nothing before it is released.
         *
         *     Needs the scope `write`.
         */
        post: operations["createRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a run
         * @description Its progress too: what its charges come to is computed from them each time.
         *
         *     Needs the scope `read`.
         */
        get: operations["retrieveRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a run
         * @description Once: of two starts, one is done. With `expect`, it is refused if the run is not any more what you have seen.
         *
         *     Needs the scope `write`.
         */
        post: operations["startRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decide about a group of pledges
         * @description Of a run with `hold`, once: a second decision is refused, and told which one stands. `extend` moves the day of the goal, and is no decision. A release needs the goal to be reached, where there is one.
         *
         *     Needs the scope `write`.
         */
        post: operations["decideRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a run
         * @description Once this is answered, no confirm of its charges opens; what had left before may still arrive.
         *
         *     Needs the scope `write`.
         */
        post: operations["pauseRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a paused run
         * @description It goes on with what it had not begun.
         *
         *     Needs the scope `write`.
         */
        post: operations["resumeRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a run
         * @description No confirm of its charges opens any more, and what is not paid is closed, with Stripe’s word where anything began there. What was paid stays paid.
         *
         *     Needs the scope `write`.
         */
        post: operations["cancelRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/charges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send lines of a run
         * @description The body is `application/x-ndjson`, a charge request a line, or `text/csv` with a row of names (`metadata[name]` for labels; `usage_description`, `quantity` and `unit_amount_decimal` for one usage), of any length: it is read as it comes. Each line needs a `reference`; it names its customer by `customer` or `customer_reference`, and says an `amount` or the `usage` that it is computed from: each product exact, the sum rounded half up once. A line that is refused leaves the others. A line that is there already, with the same content, is counted and not taken in again, so that an upload that broke off is simply sent again.
         *
         *     Needs the scope `write`.
         */
        post: operations["importRunCharges"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * See what a start would do
         * @description How much, by currency and type of method; what would be skipped today, and why; which debits come too late; how long it takes; and beside the last run of the same name: who is new, who is gone, whose amount has more than doubled. Nothing is written.
         *
         *     Needs the scope `read`.
         */
        post: operations["previewRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the report of a run
         * @description Line by line, in net money: what was received and has not gone back. `format=csv` for a spreadsheet.
         *
         *     Needs the scope `read`.
         */
        get: operations["reportRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/again": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the failed charges again
         * @description As a new draft, which can be looked at before it is started. Each is made again once, whoever asks how often.
         *
         *     Needs the scope `write`.
         */
        post: operations["repeatRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook_endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhook endpoints
         * @description Returns webhook endpoints, newest first, with whether they fail.
         *
         *     Needs the scope `read`.
         */
        get: operations["listWebhookEndpoints"];
        put?: never;
        /**
         * Create a webhook endpoint
         * @description Has events sent to an address of yours, signed by Standard Webhooks. The answer shows the secret, this once: keep it where your receiver verifies signatures.
         *
         *     Needs the scope `admin`.
         */
        post: operations["createWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook_endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Retrieve a webhook endpoint
         * @description Returns a webhook endpoint, without its secret.
         *
         *     Needs the scope `read`.
         */
        get: operations["retrieveWebhookEndpoint"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook endpoint
         * @description Ends an endpoint and drops what is still owed to it. The feed of events keeps what happened.
         *
         *     Needs the scope `admin`.
         */
        delete: operations["deleteWebhookEndpoint"];
        options?: never;
        head?: never;
        /**
         * Update a webhook endpoint
         * @description Changes address, events or description, or disables and enables it. What happens while it is disabled is kept for it.
         *
         *     Needs the scope `admin`.
         */
        patch: operations["updateWebhookEndpoint"];
        trace?: never;
    };
    "/v1/webhook_endpoints/{id}/rotate_secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate a webhook endpoint's secret
         * @description Makes a new secret, shown this once. For `overlap_hours` the secrets before sign beside it, so that your receiver can change over without losing an event.
         *
         *     Needs the scope `admin`.
         */
        post: operations["rotateWebhookEndpointSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook_endpoints/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test event
         * @description Sends one signed test event at once and answers what came back, for whoever sets up a receiver.
         *
         *     Needs the scope `admin`.
         */
        post: operations["testWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook_endpoints/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send events again
         * @description Sends one event again, or everything from a time on, for a receiver that lost what it had taken. With `newest_only` it sends only the newest event of each object.
         *
         *     Needs the scope `admin`.
         */
        post: operations["replayWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook_endpoints/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a webhook endpoint's deliveries
         * @description Returns what is owed and was sent to an endpoint, newest first, with what came back each time.
         *
         *     Needs the scope `read`.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries/{id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a delivery again
         * @description Sends one event to one endpoint again, whatever came of it before.
         *
         *     Needs the scope `admin`.
         */
        post: operations["redeliverDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events
         * @description Returns what happened, oldest first, in an order that never changes. Keep `next_cursor` and ask again with it as `after`: nothing is left out and nothing told twice, whether or not a webhook arrived. `cursor_gone` says that events after your cursor are no longer kept, or that the database lost rows since: read what you follow anew, and begin without a cursor.
         *
         *     Needs the scope `read`.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description How much goes back, and why */
        NewRefund: {
            /** @description In the currency's minor unit; left out: all that is left of what the charge received */
            amount?: number;
            /**
             * @description Why: Stripe shows it to the customer’s bank
             * @enum {string}
             */
            reason?: "duplicate" | "fraudulent" | "requested_by_customer";
            /** @description Your own labels: up to 50, keys of up to 40 characters, values of up to 500. We never read them. Those of a charge and of a set-up go to Stripe as well, as many as fit beside five marks of ours */
            metadata?: {
                [key: string]: string;
            };
        } | null;
        /** @description What to charge, whom, and for what */
        NewCharge: {
            /** @description Who is charged */
            customer: string;
            /** @description Charged by every automatic attempt; without it each takes the customer's default of its moment */
            payment_method?: string;
            /** @description In the currency's minor unit, as Stripe counts it: 5352 of eur is 53.52 EUR */
            amount: number;
            /** @description Lower-case ISO 4217 code */
            currency: string;
            /** @description What it is for, in words that the customer reads in mail and page */
            description: string;
            /**
             * Format: date-time
             * @description Not before this time; without it, at once
             */
            due_at?: string;
            /** @description Your own id of this charge. No two charges share one, unless one is made again of the other */
            reference?: string;
            /** @description A failed or canceled charge that this one takes the place of */
            again_of?: string;
            /** @description Your own labels: up to 50, keys of up to 40 characters, values of up to 500. We never read them. Those of a charge and of a set-up go to Stripe as well, as many as fit beside five marks of ours */
            metadata?: {
                [key: string]: string;
            };
            /** @description When a decline is tried again; as the deployment does without it */
            retry?: {
                /** @description From each of the bank's declines to the next automatic try; empty: the customer is asked at once */
                days: number[];
            };
            /** @description How the customer is brought in; as the deployment does without it */
            recovery?: {
                /** @description For how many days its customer is asked */
                deadline_days?: number;
                /**
                 * @description close: it fails. release: it is canceled, nothing is owed. keep_open: a fresh link asks again
                 * @enum {string}
                 */
                on_expiry?: "close" | "release" | "keep_open";
                /** @description false: we mail only what somebody asks for */
                mails?: boolean;
                /** @description Tell the customer at once of a decline that is tried again */
                early_mail?: boolean;
            };
            /** @description Whether a mail confirms the payment to the customer; as the deployment does without it */
            receipt?: boolean;
            /** @description The merchant's own document, shown in mail and page */
            document?: {
                /** @description Such as the number of a bill */
                number?: string;
                /**
                 * Format: date
                 * @description Its day, as YYYY-MM-DD
                 */
                date?: string;
                /**
                 * Format: uri
                 * @description Where the customer can read it
                 */
                url?: string;
            };
        };
        /** @description What is left out stays */
        ChangedCharge: {
            /** @description In the currency's minor unit, as Stripe counts it: 5352 of eur is 53.52 EUR */
            amount?: number;
            /**
             * Format: date-time
             * @description Not before this time
             */
            due_at?: string;
            /** @description What it is for, in words that the customer reads in mail and page */
            description?: string;
            /** @description Merged with what is there; an empty text takes a label away */
            metadata?: {
                [key: string]: string;
            };
            /** @description Null takes it away */
            document?: {
                /** @description Such as the number of a bill */
                number?: string;
                /**
                 * Format: date
                 * @description Its day, as YYYY-MM-DD
                 */
                date?: string;
                /**
                 * Format: uri
                 * @description Where the customer can read it
                 */
                url?: string;
            } | null;
        };
        /** @description What the charge is to be paid with */
        ChosenMethod: {
            /** @description One that its customer has on file */
            payment_method: string;
        };
        /** @description A customer's permission to be charged, with the evidence that they gave it */
        NewConsent: {
            /**
             * @description Whether charges may be made while the customer is away
             * @enum {string}
             */
            scope: "off_session" | "on_session";
            /**
             * @description Whether one charge may rest on it, or any number within its limits
             * @enum {string}
             */
            frequency: "one_time" | "recurring";
            /** @description How amounts are reckoned, in words that the customer has read */
            amount_basis: string;
            /** @description The words that the customer agreed to, as they stood there */
            text: string;
            /** @description Your own name for this wording */
            version: string;
            /**
             * Format: date-time
             * @description When the customer agreed. A repetition under the same Idempotency-Key may say another time; the first stands
             */
            accepted_at?: string;
            /** @description The address that the customer agreed from */
            ip_address?: string;
            /** @description The browser or device that the customer agreed with */
            user_agent?: string;
            /** @description true: our page asks for the agreement and records its evidence */
            collect?: boolean;
            /**
             * Format: date-time
             * @description No charge rests on it from then on
             */
            until?: string;
            /** @description How many charges may rest on it */
            max_charges?: number;
            /** @description How much may be charged */
            max_amount?: {
                /** @description In the currency's minor unit */
                amount: number;
                /** @description Lower-case ISO 4217 code */
                currency: string;
                /**
                 * @description What the amount bounds: each charge, or all of a calendar month
                 * @enum {string}
                 */
                per: "charge" | "month";
            };
        };
        /** @description Whom you will charge */
        NewCustomer: {
            /** @description Your own id of this customer. No two customers share one, so that the call may be repeated */
            reference?: string;
            /**
             * Format: email
             * @description Where our mails go
             */
            email: string;
            /** @description As mails and pages address them */
            name?: string;
            /** @description BCP 47 language tag: how dates and amounts are written */
            locale?: string;
            /** @description IANA name: by which days are counted, and when mails go out */
            time_zone?: string;
            /** @description A customer whom Stripe already has; without it one is made there */
            stripe_customer_id?: string;
            /** @description Your own labels: up to 50, keys of up to 40 characters, values of up to 500. We never read them. Those of a charge and of a set-up go to Stripe as well, as many as fit beside five marks of ours */
            metadata?: {
                [key: string]: string;
            };
        };
        /** @description What is left out stays; null takes away */
        CustomerChange: {
            /**
             * Format: email
             * @description Where our mails go
             */
            email?: string;
            /** @description As mails and pages address them */
            name?: string | null;
            /** @description BCP 47 language tag: how dates and amounts are written */
            locale?: string | null;
            /** @description IANA name: by which days are counted, and when mails go out */
            time_zone?: string | null;
            /** @description Merged with what is there; an empty text takes a label away */
            metadata?: {
                [key: string]: string;
            };
        };
        /** @description Whom at Stripe the customer is to be */
        CustomerRebinding: {
            /** @description Another customer at Stripe; null: make one */
            stripe_customer_id: string | null;
        };
        /** @description A payment method that Stripe has, and the consent of its holder */
        Adoption: {
            /** @description Whose it is */
            customer: string;
            /** @description Attached to the same customer at Stripe */
            stripe_payment_method_id: string;
            consent: components["schemas"]["NewConsent"];
        };
        /** @description A set of charges with one life */
        NewRun: {
            /** @description The same for every run of a kind: a preview compares it with the last of its name */
            name: string;
            /** @description Your own id of this run */
            reference?: string;
            /** @description A group of pledges: lines come in after the start too, and nothing is charged before `decide` */
            hold?: boolean;
            /** @description Of a run with `hold`: what the pledges have to come to */
            goal?: {
                /** @description In the currency's minor unit */
                amount: number;
                /** @description Pledges in another currency do not count */
                currency: string;
                /**
                 * Format: date-time
                 * @description Its day
                 */
                by: string;
                /**
                 * @description What a missed goal does. wait (default): the run is paused. cancel: nobody is charged
                 * @enum {string}
                 */
                on_miss?: "wait" | "cancel";
            };
            /** @description How many charges may come due in a second; without it, as fast as the account allows */
            pace_per_s?: number;
            /** @description Pauses the run when too many of the last charges that were tried failed or were declined. A bank that asks for its customer has not declined */
            stop_loss?: {
                /** @description At least this share of them, as text: numbers are integers here */
                share: string;
                /** @description How many are looked at; fewer say nothing */
                of_last: number;
            };
            /** @description Of lines that rule nothing themselves */
            recovery?: {
                /** @description For how many days its customer is asked */
                deadline_days?: number;
                /**
                 * @description close: it fails. release: it is canceled, nothing is owed. keep_open: a fresh link asks again
                 * @enum {string}
                 */
                on_expiry?: "close" | "release" | "keep_open";
                /** @description false: we mail only what somebody asks for */
                mails?: boolean;
                /** @description Tell the customer at once of a decline that is tried again */
                early_mail?: boolean;
            };
            /** @description Your own labels: up to 50, keys of up to 40 characters, values of up to 500. We never read them. Those of a charge and of a set-up go to Stripe as well, as many as fit beside five marks of ours */
            metadata?: {
                [key: string]: string;
            };
        };
        /** @description What the run is expected to be */
        RunStart: {
            /** @description What you have seen in the preview: the start is refused if it has changed since */
            expect?: {
                /** @description How many charges it has, without canceled ones */
                count?: number;
                /** @description What they come to, by currency */
                sums?: {
                    /** @description Lower-case ISO 4217 code */
                    currency: string;
                    /** @description In the currency's minor unit */
                    total: number;
                }[];
            };
        } | null;
        /** @description What becomes of the group */
        RunDecision: {
            /**
             * @description release: charge the pledges. extend: move the day. cancel: charge nobody
             * @enum {string}
             */
            decision: "release" | "extend" | "cancel";
            /**
             * Format: date-time
             * @description Of `extend`: the new day
             */
            by?: string;
        };
        /** @description Where to send which events */
        NewWebhookEndpoint: {
            /**
             * Format: uri
             * @description An https:// address that is public; nothing is sent to any other
             */
            url: string;
            /** @description `*`, `charge.*` or whole types */
            events: string[];
            /** @description For you to know it by */
            description?: string | null;
        };
        /** @description What is left out stays */
        WebhookEndpointChange: {
            /**
             * Format: uri
             * @description An https:// address that is public; nothing is sent to any other
             */
            url?: string;
            /** @description `*`, `charge.*` or whole types */
            events?: string[];
            /** @description For you to know it by */
            description?: string | null;
            /**
             * @description What happens while it is disabled is kept for it
             * @enum {string}
             */
            status?: "enabled" | "disabled";
        };
        /** @description A refusal (RFC 9457), of any status */
        Problem: {
            /** @description A URN that ends in the code */
            type: string;
            /** @description The same sentence for every refusal of this code, for people */
            title: string;
            /** @description The HTTP status, repeated */
            status: number;
            /**
             * @description Which refusal it is; never changes, so branch on it
             * @enum {string}
             */
            code: "invalid_request" | "idempotency_key_missing" | "signature_invalid" | "unauthenticated" | "forbidden" | "not_found" | "conflict" | "reference_taken" | "charges_open" | "mail_limit_reached" | "already_succeeded" | "already_failed" | "already_canceled" | "already_expired" | "already_running" | "already_paused" | "already_completed" | "already_decided" | "already_detached" | "charge_not_succeeded" | "charge_disputed" | "already_refunded" | "cursor_gone" | "payload_too_large" | "unsupported_media_type" | "consent_missing" | "consent_used" | "consent_exceeded" | "customer_stopped" | "customer_deleted" | "customer_erased" | "no_payment_method" | "payment_method_unusable" | "amount_too_small" | "amount_too_large" | "due_at_too_far" | "refund_exceeds_charge" | "currency_unknown" | "idempotency_mismatch" | "rate_limited" | "internal_error" | "unavailable" | "overloaded";
            /** @description What is the matter in this case, for people */
            detail?: string;
            /** @description The fields that are refused */
            errors?: {
                /** @description The field or header, with dots between names */
                path: string;
                /** @description What is wrong with it, for people; never repeats what was sent */
                message: string;
            }[];
            /** @description Charges that stand in the way, at most 20 of them */
            charges?: string[];
            /** @description The id that stands in the way */
            existing?: string;
        };
        /** @description Money of one charge that goes back */
        Refund: {
            /** @description `rfd_…` */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "refund";
            /** @description The charge whose money goes back */
            charge: string;
            /** @description In the currency's minor unit */
            amount: number;
            /** @description The charge's */
            currency: string;
            /**
             * @description Where it stands, in Stripe’s words
             * @enum {string}
             */
            status: "pending" | "requires_action" | "succeeded" | "failed" | "canceled";
            /** @description Stripe's word, or the code with which it refused to make it */
            failure_reason: string | null;
            /** @description Why, in Stripe’s words */
            reason: string | null;
            /** @description Null until it is made there */
            stripe_refund_id: string | null;
            /**
             * @description stripe: it was made elsewhere, for example in the dashboard
             * @enum {string}
             */
            origin: "api" | "stripe";
            /** @description Your own labels */
            metadata: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description When it was asked for, or found
             */
            created_at: string;
        };
        /** @description One payment to take, with all that was done for it */
        Charge: {
            /** @description Begins with `chg_` */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "charge";
            /** @description Who is charged */
            customer: string;
            /** @description Of the newest automatic attempt; before the first, the one it was taken in with */
            payment_method: string;
            /** @description No method was named: each automatic attempt takes the customer's default of its moment */
            follows_customer: boolean;
            /** @description In the currency's minor unit, as Stripe counts it: 5352 of eur is 53.52 EUR */
            amount: number;
            /** @description Lower-case ISO 4217 code */
            currency: string;
            /** @description What it is for, in words that the customer reads in mail and page */
            description: string;
            /** @description Your own id of this charge */
            reference: string | null;
            /** @description The charge that this one took the place of */
            again_of: string | null;
            /** @description The run that it is a line of */
            run: string | null;
            /** @description What the amount was computed from; null where it was given, and in events */
            usage: {
                /** @description What was metered */
                description: string;
                /** @description A decimal; negative for what is given back */
                quantity: string;
                /** @description The price of one, in the currency's minor unit */
                unit_amount_decimal: string;
            }[] | null;
            /** @description The time that was asked for */
            due_at: string | null;
            /**
             * @description Where it stands. requires_action: it is the customer’s turn. The last three are final, and failed and canceled never take money
             * @enum {string}
             */
            status: "scheduled" | "processing" | "requires_action" | "succeeded" | "failed" | "canceled";
            /** @description One word more about the status, such as `retry_scheduled`, `closing` or `outcome_unknown` */
            detail: string | null;
            /** @description When it is tried by itself again */
            next_attempt_at: string | null;
            /** @description Stripe's PaymentIntent, once it is bound */
            stripe_payment_intent_id: string | null;
            /** @description Oldest first */
            attempts: {
                /** @description Counts from 1 */
                number: number;
                /**
                 * @description off_session: automatic. on_session: the customer's own press
                 * @enum {string}
                 */
                kind: "off_session" | "on_session";
                /**
                 * @description What came of it; `open`: no answer is known yet
                 * @enum {string}
                 */
                status: "open" | "awaiting_customer" | "succeeded" | "declined" | "authentication_required" | "processing" | "abandoned" | "canceled" | "not_executed" | "lost";
                /** @description What it charged */
                payment_method: string;
                /** @description What it rested on; null for attempts of an earlier release */
                consent: string | null;
                /** @description Stripe's error code */
                code: string | null;
                /** @description The bank's reason */
                decline_code: string | null;
                /** @description The network's advice on trying again */
                advice_code: string | null;
                /**
                 * Format: date-time
                 * @description When it was written down, before it was sent
                 */
                started_at: string;
                /** @description When its outcome was known */
                ended_at: string | null;
            }[];
            /** @description How its customer is being brought in; null if they never had to be */
            recovery: {
                /** @description Begins with `rec_` */
                id: string;
                /**
                 * @description authenticate: the bank wants to see the customer. replace: another card is needed
                 * @enum {string}
                 */
                kind: "authenticate" | "replace";
                /**
                 * @description Whether its link still works: `open`
                 * @enum {string}
                 */
                status: "open" | "completed" | "expired" | "revoked";
                /**
                 * Format: date-time
                 * @description Until when the customer is asked
                 */
                expires_at: string;
                /** @description How many mails have gone out */
                messages_sent: number;
                /** @description The address refused our mail: mend it, and resend */
                undeliverable: boolean;
            } | null;
            /** @description Stripe's word in the success; it may be one that is not on file with us */
            paid_with: {
                /** @description Stripe's id */
                payment_method: string;
            } | null;
            /** @description Why the newest attempt failed */
            last_error: {
                /** @description Stripe's error code */
                code: string | null;
                /** @description The bank's reason, where there is one */
                decline_code: string | null;
                /** @description What we make of it: the class of the decline */
                advice: string | null;
            } | null;
            /** @description When a decline is tried again */
            retry: {
                /** @description From each of the bank's declines to the next automatic try; empty: the customer is asked at once */
                days: number[];
            };
            /** @description How the customer is brought in */
            recovery_terms: {
                /** @description For how many days its customer is asked */
                deadline_days: number;
                /**
                 * @description close: it fails. release: it is canceled, nothing is owed. keep_open: a fresh link asks again
                 * @enum {string}
                 */
                on_expiry: "close" | "release" | "keep_open";
                /** @description false: we mail only what somebody asks for */
                mails: boolean;
                /** @description Tell the customer at once of a decline that is tried again */
                early_mail: boolean;
            };
            /** @description Whether a mail confirms the payment to the customer */
            receipt: boolean;
            /** @description What Stripe has taken for it */
            amount_received: number;
            /** @description What has gone back at Stripe, or is on its way */
            amount_refunded: number;
            /** @description Money that went back, oldest first, whoever asked for it */
            refunds: components["schemas"]["Refund"][];
            /** @description Each time that its bank asked for the money back */
            disputes: {
                /** @description Stripe’s, `du_…` */
                id: string;
                /** @description Stripe's word; `warning_…` is an inquiry, which takes no money */
                status: string;
                /** @description Why, in Stripe’s words */
                reason: string | null;
                /** @description What is asked back */
                amount: number;
                /** @description Until when evidence is heard */
                evidence_due_by: string | null;
            }[];
            /** @description The newest word of a card's network that it may be fraud */
            early_fraud_warning: {
                /** @description Stripe’s, `issfr_…` */
                id: string;
                /** @description What the network calls it */
                fraud_type: string | null;
                /** @description Whether a refund can still spare a dispute */
                actionable: boolean;
                /**
                 * Format: date-time
                 * @description When Stripe heard of it
                 */
                created_at: string;
            } | null;
            /** @description The newest notice of a debit; null for a card */
            notice: {
                /**
                 * @description Who tells the customer; Stripe does with the confirm
                 * @enum {string}
                 */
                sent_by: "us" | "stripe";
                /** @description Null until it went out */
                sent_at: string | null;
                /** @description What it told */
                amount: number;
                /**
                 * Format: date-time
                 * @description The bank day that it told: the money leaves the account then
                 */
                due_at: string;
                /**
                 * Format: date-time
                 * @description When its period has passed; nothing is debited earlier
                 */
                confirm_not_before: string;
            } | null;
            /** @description While a debit is with the bank: the day by which its outcome is known */
            expected_at: string | null;
            /** @description The merchant's own document, shown in mail and page */
            document: {
                /** @description Such as the number of a bill */
                number?: string;
                /**
                 * Format: date
                 * @description Its day, as YYYY-MM-DD
                 */
                date?: string;
                /**
                 * Format: uri
                 * @description Where the customer can read it
                 */
                url?: string;
            } | null;
            /** @description Facts that make a decline likelier, such as `set_up_on_session` */
            warnings: string[];
            /** @description Grows with each change: of two copies, the greater is newer */
            version: number;
            /** @description Your own labels */
            metadata: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description When it was accepted
             */
            created_at: string;
            /** @description When it came to its end */
            settled_at: string | null;
        };
        /** @description A charge whose end was asked for */
        CanceledCharge: {
            /** @description Begins with `chg_` */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "charge";
            /** @description Who is charged */
            customer: string;
            /** @description Of the newest automatic attempt; before the first, the one it was taken in with */
            payment_method: string;
            /** @description No method was named: each automatic attempt takes the customer's default of its moment */
            follows_customer: boolean;
            /** @description In the currency's minor unit, as Stripe counts it: 5352 of eur is 53.52 EUR */
            amount: number;
            /** @description Lower-case ISO 4217 code */
            currency: string;
            /** @description What it is for, in words that the customer reads in mail and page */
            description: string;
            /** @description Your own id of this charge */
            reference: string | null;
            /** @description The charge that this one took the place of */
            again_of: string | null;
            /** @description The run that it is a line of */
            run: string | null;
            /** @description What the amount was computed from; null where it was given, and in events */
            usage: {
                /** @description What was metered */
                description: string;
                /** @description A decimal; negative for what is given back */
                quantity: string;
                /** @description The price of one, in the currency's minor unit */
                unit_amount_decimal: string;
            }[] | null;
            /** @description The time that was asked for */
            due_at: string | null;
            /**
             * @description Where it stands. requires_action: it is the customer’s turn. The last three are final, and failed and canceled never take money
             * @enum {string}
             */
            status: "scheduled" | "processing" | "requires_action" | "succeeded" | "failed" | "canceled";
            /** @description One word more about the status, such as `retry_scheduled`, `closing` or `outcome_unknown` */
            detail: string | null;
            /** @description When it is tried by itself again */
            next_attempt_at: string | null;
            /** @description Stripe's PaymentIntent, once it is bound */
            stripe_payment_intent_id: string | null;
            /** @description Oldest first */
            attempts: {
                /** @description Counts from 1 */
                number: number;
                /**
                 * @description off_session: automatic. on_session: the customer's own press
                 * @enum {string}
                 */
                kind: "off_session" | "on_session";
                /**
                 * @description What came of it; `open`: no answer is known yet
                 * @enum {string}
                 */
                status: "open" | "awaiting_customer" | "succeeded" | "declined" | "authentication_required" | "processing" | "abandoned" | "canceled" | "not_executed" | "lost";
                /** @description What it charged */
                payment_method: string;
                /** @description What it rested on; null for attempts of an earlier release */
                consent: string | null;
                /** @description Stripe's error code */
                code: string | null;
                /** @description The bank's reason */
                decline_code: string | null;
                /** @description The network's advice on trying again */
                advice_code: string | null;
                /**
                 * Format: date-time
                 * @description When it was written down, before it was sent
                 */
                started_at: string;
                /** @description When its outcome was known */
                ended_at: string | null;
            }[];
            /** @description How its customer is being brought in; null if they never had to be */
            recovery: {
                /** @description Begins with `rec_` */
                id: string;
                /**
                 * @description authenticate: the bank wants to see the customer. replace: another card is needed
                 * @enum {string}
                 */
                kind: "authenticate" | "replace";
                /**
                 * @description Whether its link still works: `open`
                 * @enum {string}
                 */
                status: "open" | "completed" | "expired" | "revoked";
                /**
                 * Format: date-time
                 * @description Until when the customer is asked
                 */
                expires_at: string;
                /** @description How many mails have gone out */
                messages_sent: number;
                /** @description The address refused our mail: mend it, and resend */
                undeliverable: boolean;
            } | null;
            /** @description Stripe's word in the success; it may be one that is not on file with us */
            paid_with: {
                /** @description Stripe's id */
                payment_method: string;
            } | null;
            /** @description Why the newest attempt failed */
            last_error: {
                /** @description Stripe's error code */
                code: string | null;
                /** @description The bank's reason, where there is one */
                decline_code: string | null;
                /** @description What we make of it: the class of the decline */
                advice: string | null;
            } | null;
            /** @description When a decline is tried again */
            retry: {
                /** @description From each of the bank's declines to the next automatic try; empty: the customer is asked at once */
                days: number[];
            };
            /** @description How the customer is brought in */
            recovery_terms: {
                /** @description For how many days its customer is asked */
                deadline_days: number;
                /**
                 * @description close: it fails. release: it is canceled, nothing is owed. keep_open: a fresh link asks again
                 * @enum {string}
                 */
                on_expiry: "close" | "release" | "keep_open";
                /** @description false: we mail only what somebody asks for */
                mails: boolean;
                /** @description Tell the customer at once of a decline that is tried again */
                early_mail: boolean;
            };
            /** @description Whether a mail confirms the payment to the customer */
            receipt: boolean;
            /** @description What Stripe has taken for it */
            amount_received: number;
            /** @description What has gone back at Stripe, or is on its way */
            amount_refunded: number;
            /** @description Money that went back, oldest first, whoever asked for it */
            refunds: components["schemas"]["Refund"][];
            /** @description Each time that its bank asked for the money back */
            disputes: {
                /** @description Stripe’s, `du_…` */
                id: string;
                /** @description Stripe's word; `warning_…` is an inquiry, which takes no money */
                status: string;
                /** @description Why, in Stripe’s words */
                reason: string | null;
                /** @description What is asked back */
                amount: number;
                /** @description Until when evidence is heard */
                evidence_due_by: string | null;
            }[];
            /** @description The newest word of a card's network that it may be fraud */
            early_fraud_warning: {
                /** @description Stripe’s, `issfr_…` */
                id: string;
                /** @description What the network calls it */
                fraud_type: string | null;
                /** @description Whether a refund can still spare a dispute */
                actionable: boolean;
                /**
                 * Format: date-time
                 * @description When Stripe heard of it
                 */
                created_at: string;
            } | null;
            /** @description The newest notice of a debit; null for a card */
            notice: {
                /**
                 * @description Who tells the customer; Stripe does with the confirm
                 * @enum {string}
                 */
                sent_by: "us" | "stripe";
                /** @description Null until it went out */
                sent_at: string | null;
                /** @description What it told */
                amount: number;
                /**
                 * Format: date-time
                 * @description The bank day that it told: the money leaves the account then
                 */
                due_at: string;
                /**
                 * Format: date-time
                 * @description When its period has passed; nothing is debited earlier
                 */
                confirm_not_before: string;
            } | null;
            /** @description While a debit is with the bank: the day by which its outcome is known */
            expected_at: string | null;
            /** @description The merchant's own document, shown in mail and page */
            document: {
                /** @description Such as the number of a bill */
                number?: string;
                /**
                 * Format: date
                 * @description Its day, as YYYY-MM-DD
                 */
                date?: string;
                /**
                 * Format: uri
                 * @description Where the customer can read it
                 */
                url?: string;
            } | null;
            /** @description Facts that make a decline likelier, such as `set_up_on_session` */
            warnings: string[];
            /** @description Grows with each change: of two copies, the greater is newer */
            version: number;
            /** @description Your own labels */
            metadata: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description When it was accepted
             */
            created_at: string;
            /** @description When it came to its end */
            settled_at: string | null;
            /** @description This charge, while a confirm that has left may still succeed */
            in_flight: string[];
        };
        /** @description A customer's permission to be charged */
        Consent: {
            /** @description Begins with `cns_` */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "consent";
            /** @description Who gave it */
            customer: string;
            /**
             * @description Whether charges may be made while the customer is away
             * @enum {string}
             */
            scope: "off_session" | "on_session";
            /**
             * @description Whether one charge may rest on it, or any number within its limits
             * @enum {string}
             */
            frequency: "one_time" | "recurring";
            /** @description How amounts are reckoned, in words that the customer has read */
            amount_basis: string;
            /** @description The words that the customer agreed to, as they stood there */
            text: string;
            /** @description Your own name for this wording */
            version: string;
            /** @description The mandate's words that our set-up page showed with it, for bank debits */
            mandate_text: string | null;
            /** @description Its scheme, language and edition */
            mandate_text_version: string | null;
            /** @description true: our page asks for the agreement and records its evidence */
            collect: boolean;
            /** @description When the customer agreed; null until then */
            accepted_at: string | null;
            /** @description The address that the customer agreed from */
            ip_address: string | null;
            /** @description The browser or device that the customer agreed with */
            user_agent: string | null;
            /** @description No charge rests on it from then on */
            until: string | null;
            /** @description How many charges may rest on it */
            max_charges: number | null;
            /** @description How much may be charged */
            max_amount: {
                /** @description In the currency's minor unit */
                amount: number;
                /** @description Lower-case ISO 4217 code */
                currency: string;
                /**
                 * @description What the amount bounds: each charge, or all of a calendar month
                 * @enum {string}
                 */
                per: "charge" | "month";
            } | null;
            /** @description Since when it is withdrawn */
            revoked_at: string | null;
            /**
             * Format: date-time
             * @description When it was recorded
             */
            created_at: string;
        };
        /** @description A revoked consent, and what its end could not stop */
        RevokedConsent: {
            /** @description Begins with `cns_` */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "consent";
            /** @description Who gave it */
            customer: string;
            /**
             * @description Whether charges may be made while the customer is away
             * @enum {string}
             */
            scope: "off_session" | "on_session";
            /**
             * @description Whether one charge may rest on it, or any number within its limits
             * @enum {string}
             */
            frequency: "one_time" | "recurring";
            /** @description How amounts are reckoned, in words that the customer has read */
            amount_basis: string;
            /** @description The words that the customer agreed to, as they stood there */
            text: string;
            /** @description Your own name for this wording */
            version: string;
            /** @description The mandate's words that our set-up page showed with it, for bank debits */
            mandate_text: string | null;
            /** @description Its scheme, language and edition */
            mandate_text_version: string | null;
            /** @description true: our page asks for the agreement and records its evidence */
            collect: boolean;
            /** @description When the customer agreed; null until then */
            accepted_at: string | null;
            /** @description The address that the customer agreed from */
            ip_address: string | null;
            /** @description The browser or device that the customer agreed with */
            user_agent: string | null;
            /** @description No charge rests on it from then on */
            until: string | null;
            /** @description How many charges may rest on it */
            max_charges: number | null;
            /** @description How much may be charged */
            max_amount: {
                /** @description In the currency's minor unit */
                amount: number;
                /** @description Lower-case ISO 4217 code */
                currency: string;
                /**
                 * @description What the amount bounds: each charge, or all of a calendar month
                 * @enum {string}
                 */
                per: "charge" | "month";
            } | null;
            /** @description Since when it is withdrawn */
            revoked_at: string | null;
            /**
             * Format: date-time
             * @description When it was recorded
             */
            created_at: string;
            /** @description Charges that may still be paid: their confirm had already left */
            in_flight: string[];
            /** @description Open charges with the same payment methods under other consents */
            also_running: string[];
        };
        /** @description A person who is charged */
        Customer: {
            /** @description Begins with `cst_` */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "customer";
            /** @description Your own id of this customer */
            reference: string | null;
            /** @description Null of a customer who is erased */
            email: string | null;
            /** @description As mails and pages address them */
            name: string | null;
            /** @description BCP 47 language tag: how dates and amounts are written */
            locale: string | null;
            /** @description IANA name: by which days are counted, and when mails go out */
            time_zone: string | null;
            /** @description Your own labels */
            metadata: {
                [key: string]: string;
            };
            /** @description The id at Stripe; null until it is made there */
            stripe_customer_id: string | null;
            /** @description Deleted at Stripe, for good: its methods are detached, and nothing can be charged or saved */
            stripe_customer_deleted: boolean;
            /** @description What is charged when a charge names no method */
            default_payment_method: string | null;
            /** @description Since when nothing may be charged; null: it may */
            stopped_at: string | null;
            /** @description Since when the evidence of their payments is gone, too */
            erased_at: string | null;
            /** @description The day of that, to come or past (YYYY-MM-DD); null of a customer who is not erased */
            erased_on: string | null;
            /**
             * Format: date-time
             * @description When they were registered
             */
            created_at: string;
        };
        /** @description When the last of them is forgotten */
        ErasedCustomer: {
            /** @description Since when the evidence of their payments is gone, too */
            erased_at: string | null;
            /** @description The day of that, to come or past (YYYY-MM-DD); null of a customer who is not erased */
            erased_on: string | null;
        };
        /** @description What a stop has closed */
        StoppedCustomer: {
            /** @description Since when nothing may be charged */
            stopped_at: string | null;
            /** @description Charges on their way to their end */
            closing: string[];
            /** @description Those that may still be paid: their confirm had already left */
            in_flight: string[];
        };
        /** @description What a customer has on file */
        PaymentMethod: {
            /** @description Stripe's own id */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "payment_method";
            /** @description Whose it is */
            customer: string;
            /** @description Stripe's word for its kind, such as `card` */
            type: string;
            /** @description What customers know their card by; null of other kinds */
            card: {
                /** @description Stripe's word for the network, such as `visa` */
                brand: string;
                /** @description The last four digits of its number */
                last4: string;
                /** @description The month of its expiry, from 1 */
                exp_month: number;
                /** @description The year of its expiry, with four digits */
                exp_year: number;
            } | null;
            /** @description What customers know their bank account by; null of other kinds */
            bank: {
                /** @description The name of the bank, where Stripe tells it */
                bank_name: string | null;
                /** @description Where the account is, in two letters */
                country: string | null;
                /** @description The last four digits of its number */
                last4: string;
                /** @description What the mandate is called on statements, where its scheme has such references */
                mandate_reference: string | null;
            } | null;
            /** @description What debits rest on; null of cards */
            mandate: {
                /** @description Stripe's Mandate */
                id: string;
                /**
                 * @description Stripe's word. pending: the bank has not confirmed it, and charges wait until it does. inactive: it permits no debit any more
                 * @enum {string}
                 */
                status: "active" | "pending" | "inactive";
                /** @description Where its holder can read what they agreed to */
                url: string | null;
            } | null;
            /**
             * @description What it was saved for
             * @enum {string}
             */
            usage: "off_session" | "on_session";
            /** @description What charges with it rest on; null: it was given none */
            consent: components["schemas"]["Consent"] | null;
            /** @description Whether it is charged when a charge names no method */
            default: boolean;
            /**
             * @description usable: it may be charged. unusable: `detail` says why not. detached: it is off file, for good
             * @enum {string}
             */
            status: "usable" | "unusable" | "detached";
            /** @description A network's verdict: no automatic attempt is made until the card has new data, or, where it is about an agreement, until its customer has paid with it. `reason` is the code that says so */
            closed: {
                /** @description The decline or advice code */
                reason: string;
                /**
                 * Format: date-time
                 * @description When the network said so
                 */
                at: string;
            } | null;
            /** @description Why it is unusable */
            detail: string | null;
            /** @description Facts that make a decline likelier, such as `set_up_on_session` */
            warnings: string[];
        };
        /** @description A payment method after a verb */
        ChangedPaymentMethod: {
            /** @description Stripe's own id */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "payment_method";
            /** @description Whose it is */
            customer: string;
            /** @description Stripe's word for its kind, such as `card` */
            type: string;
            /** @description What customers know their card by; null of other kinds */
            card: {
                /** @description Stripe's word for the network, such as `visa` */
                brand: string;
                /** @description The last four digits of its number */
                last4: string;
                /** @description The month of its expiry, from 1 */
                exp_month: number;
                /** @description The year of its expiry, with four digits */
                exp_year: number;
            } | null;
            /** @description What customers know their bank account by; null of other kinds */
            bank: {
                /** @description The name of the bank, where Stripe tells it */
                bank_name: string | null;
                /** @description Where the account is, in two letters */
                country: string | null;
                /** @description The last four digits of its number */
                last4: string;
                /** @description What the mandate is called on statements, where its scheme has such references */
                mandate_reference: string | null;
            } | null;
            /** @description What debits rest on; null of cards */
            mandate: {
                /** @description Stripe's Mandate */
                id: string;
                /**
                 * @description Stripe's word. pending: the bank has not confirmed it, and charges wait until it does. inactive: it permits no debit any more
                 * @enum {string}
                 */
                status: "active" | "pending" | "inactive";
                /** @description Where its holder can read what they agreed to */
                url: string | null;
            } | null;
            /**
             * @description What it was saved for
             * @enum {string}
             */
            usage: "off_session" | "on_session";
            /** @description What charges with it rest on; null: it was given none */
            consent: components["schemas"]["Consent"] | null;
            /** @description Whether it is charged when a charge names no method */
            default: boolean;
            /**
             * @description usable: it may be charged. unusable: `detail` says why not. detached: it is off file, for good
             * @enum {string}
             */
            status: "usable" | "unusable" | "detached";
            /** @description A network's verdict: no automatic attempt is made until the card has new data, or, where it is about an agreement, until its customer has paid with it. `reason` is the code that says so */
            closed: {
                /** @description The decline or advice code */
                reason: string;
                /**
                 * Format: date-time
                 * @description When the network said so
                 */
                at: string;
            } | null;
            /** @description Why it is unusable */
            detail: string | null;
            /** @description Facts that make a decline likelier, such as `set_up_on_session` */
            warnings: string[];
            /** @description After a detaching: charges that may still be paid with it */
            in_flight?: string[];
        };
        /** @description A set of charges with one life */
        Run: {
            /** @description Begins with `run_` */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "run";
            /** @description The same for every run of a kind */
            name: string;
            /** @description Your own id of this run */
            reference: string | null;
            /**
             * @description canceled: what was not paid is closed, or being closed
             * @enum {string}
             */
            status: "draft" | "running" | "paused" | "completed" | "canceled";
            /** @description Why it is paused */
            paused_reason: ("requested" | "goal_missed" | "stop_loss") | null;
            /** @description Whether nothing is charged before a decision */
            hold: boolean;
            /** @description What the pledges have to come to */
            goal: {
                /** @description In the currency's minor unit */
                amount: number;
                /** @description Pledges in another currency do not count */
                currency: string;
                /**
                 * Format: date-time
                 * @description Its day
                 */
                by: string;
                /**
                 * @description What a missed goal does
                 * @enum {string}
                 */
                on_miss: "wait" | "cancel";
                /** @description What open pledges come to */
                pledged: number;
                /** @description Whether that is enough */
                reached: boolean;
            } | null;
            /** @description What a group with `hold` was decided to become; it stands */
            decision: {
                /**
                 * @description What was decided
                 * @enum {string}
                 */
                decision: "release" | "cancel";
                /**
                 * Format: date-time
                 * @description When it was taken
                 */
                decided_at: string;
            } | null;
            /** @description How many charges may come due in a second */
            pace_per_s: number | null;
            /** @description How many of its last charges may fail before it is paused */
            stop_loss: {
                /** @description At least this share of them, such as 0.3 */
                share: string;
                /** @description How many are looked at */
                of_last: number;
            } | null;
            /** @description The run whose failed charges it makes again */
            again_of: string | null;
            /** @description How many of its charges have which status */
            counts: {
                [key: string]: number;
            };
            /** @description By currency, computed from the charges */
            sums: {
                /** @description Lower-case ISO 4217 code */
                currency: string;
                /** @description Everything that is not canceled */
                total: number;
                /** @description What was received */
                succeeded: number;
                /** @description What of it has gone back, or is on its way */
                refunded: number;
                /** @description What came to nothing */
                failed: number;
                /** @description What has not ended */
                open: number;
            }[];
            /** @description When the last of its charges will have been tried, at its pace; null where that is not known */
            expected_end_at: string | null;
            /** @description Grows with each change: of two copies, the greater is newer */
            version: number;
            /** @description Your own labels */
            metadata: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description When it was made
             */
            created_at: string;
            /** @description When it was started */
            started_at: string | null;
            /** @description When the last of its charges had ended */
            completed_at: string | null;
        };
        /** @description What became of the lines of an upload */
        ImportReport: {
            /** @description Lines that are charges now */
            accepted: number;
            /** @description Lines that were there already, with the same content */
            replayed: number;
            /** @description Lines of which nothing was written */
            refused: number;
            /** @description Why, for the first 500 */
            errors: {
                /** @description Where in the upload, from 1 */
                line: number;
                /** @description That of the line, where it has one */
                reference: string | null;
                /** @description As in a refusal of `POST /v1/charges` */
                code: string;
                /** @description The field, and what is wrong with it */
                message: string;
            }[];
            /** @description How many more there were */
            errors_left_out: number;
        };
        /** @description A new draft of the charges that failed */
        RunAgain: {
            /** @description Begins with `run_` */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "run";
            /** @description The same for every run of a kind */
            name: string;
            /** @description Your own id of this run */
            reference: string | null;
            /**
             * @description canceled: what was not paid is closed, or being closed
             * @enum {string}
             */
            status: "draft" | "running" | "paused" | "completed" | "canceled";
            /** @description Why it is paused */
            paused_reason: ("requested" | "goal_missed" | "stop_loss") | null;
            /** @description Whether nothing is charged before a decision */
            hold: boolean;
            /** @description What the pledges have to come to */
            goal: {
                /** @description In the currency's minor unit */
                amount: number;
                /** @description Pledges in another currency do not count */
                currency: string;
                /**
                 * Format: date-time
                 * @description Its day
                 */
                by: string;
                /**
                 * @description What a missed goal does
                 * @enum {string}
                 */
                on_miss: "wait" | "cancel";
                /** @description What open pledges come to */
                pledged: number;
                /** @description Whether that is enough */
                reached: boolean;
            } | null;
            /** @description What a group with `hold` was decided to become; it stands */
            decision: {
                /**
                 * @description What was decided
                 * @enum {string}
                 */
                decision: "release" | "cancel";
                /**
                 * Format: date-time
                 * @description When it was taken
                 */
                decided_at: string;
            } | null;
            /** @description How many charges may come due in a second */
            pace_per_s: number | null;
            /** @description How many of its last charges may fail before it is paused */
            stop_loss: {
                /** @description At least this share of them, such as 0.3 */
                share: string;
                /** @description How many are looked at */
                of_last: number;
            } | null;
            /** @description The run whose failed charges it makes again */
            again_of: string | null;
            /** @description How many of its charges have which status */
            counts: {
                [key: string]: number;
            };
            /** @description By currency, computed from the charges */
            sums: {
                /** @description Lower-case ISO 4217 code */
                currency: string;
                /** @description Everything that is not canceled */
                total: number;
                /** @description What was received */
                succeeded: number;
                /** @description What of it has gone back, or is on its way */
                refunded: number;
                /** @description What came to nothing */
                failed: number;
                /** @description What has not ended */
                open: number;
            }[];
            /** @description When the last of its charges will have been tried, at its pace; null where that is not known */
            expected_end_at: string | null;
            /** @description Grows with each change: of two copies, the greater is newer */
            version: number;
            /** @description Your own labels */
            metadata: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description When it was made
             */
            created_at: string;
            /** @description When it was started */
            started_at: string | null;
            /** @description When the last of its charges had ended */
            completed_at: string | null;
            /** @description What became of the failed charges */
            import: {
                /** @description Lines that are charges now */
                accepted: number;
                /** @description Lines that were there already, with the same content */
                replayed: number;
                /** @description Lines of which nothing was written */
                refused: number;
                /** @description Why, for the first 500 */
                errors: {
                    /** @description Where in the upload, from 1 */
                    line: number;
                    /** @description That of the line, where it has one */
                    reference: string | null;
                    /** @description As in a refusal of `POST /v1/charges` */
                    code: string;
                    /** @description The field, and what is wrong with it */
                    message: string;
                }[];
                /** @description How many more there were */
                errors_left_out: number;
            };
        };
        /** @description What a start would do; nothing is written */
        RunPreview: {
            /** @description All charges but canceled ones: what `expect` compares */
            count: number;
            /** @description The same, by currency */
            sums: {
                /** @description Lower-case ISO 4217 code */
                currency: string;
                /** @description In the currency's minor unit */
                total: number;
            }[];
            /** @description By currency and type of method */
            would_charge: {
                /** @description Lower-case ISO 4217 code */
                currency: string;
                /** @description Of the payment method, such as card */
                type: string;
                /** @description How many charges */
                count: number;
                /** @description In the currency's minor unit */
                total: number;
            }[];
            /** @description What would not be charged by itself, and why */
            would_skip: {
                /** @description Why nothing would be taken, such as `card_closed` or `consent_missing` */
                reason: string;
                /** @description How many charges */
                count: number;
                /** @description Of the first 20 */
                references: string[];
            }[];
            /** @description `set_up_on_session`: its bank will probably ask. `notice_late`: a debit that comes after its day */
            warnings: {
                /** @description Why nothing would be taken, such as `card_closed` or `consent_missing` */
                reason: string;
                /** @description How many charges */
                count: number;
                /** @description Of the first 20 */
                references: string[];
            }[];
            /** @description How long it takes at its pace, at least */
            duration_s: number;
            /** @description Beside the last run of the same name; null for the first */
            previous: {
                /** @description The last run of the same name */
                id: string;
                /** @description Customers who were not in it */
                new: {
                    /** @description How many customers */
                    count: number;
                    /** @description The first 20 */
                    customers: string[];
                };
                /** @description Customers of it who are not in this one */
                gone: {
                    /** @description How many customers */
                    count: number;
                    /** @description The first 20 */
                    customers: string[];
                };
                /** @description Customers whose amount has more than doubled */
                more_than_twice: {
                    /** @description How many customers */
                    count: number;
                    /** @description The first 20 */
                    customers: string[];
                };
            } | null;
        };
        /** @description A run line by line, in net money */
        RunReport: {
            run: components["schemas"]["Run"];
            /** @description Every line, oldest first */
            data: {
                /** @description Its id */
                charge: string;
                /** @description Your own id of it */
                reference: string | null;
                /** @description Who was charged */
                customer: string;
                /** @description Your own id of them */
                customer_reference: string | null;
                /** @description Where the charge stands */
                status: string;
                /** @description One word more about the status */
                detail: string | null;
                /** @description Lower-case ISO 4217 code */
                currency: string;
                /** @description What was asked for */
                amount: number;
                /** @description What was received */
                received: number;
                /** @description What of it has gone back, or is on its way */
                refunded: number;
                /** @description What was received and has not gone back */
                net: number;
                /** @description Why the newest attempt failed */
                last_error: string | null;
                /** @description When it came to its end */
                settled_at: string | null;
                /** @description What the amount was computed from; null where it was given, and in events */
                usage: {
                    /** @description What was metered */
                    description: string;
                    /** @description A decimal; negative for what is given back */
                    quantity: string;
                    /** @description The price of one, in the currency's minor unit */
                    unit_amount_decimal: string;
                }[] | null;
            }[];
        };
        /** @description The saving of one payment method */
        Setup: {
            /** @description Begins with `set_` */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "setup";
            /** @description Whose payment method it will be */
            customer: string;
            /**
             * @description Whether it is saved for charges while the customer is away
             * @enum {string}
             */
            usage: "off_session" | "on_session";
            /** @description Stripe's word for the kind that is saved: exactly one */
            payment_method_types: string[];
            /**
             * @description elements: Stripe's form in a page of yours. checkout: a page of Stripe's
             * @enum {string}
             */
            via: "elements" | "checkout";
            /**
             * @description Where it stands; the last four are final
             * @enum {string}
             */
            status: "queued" | "awaiting_customer" | "processing" | "succeeded" | "failed" | "canceled" | "expired";
            /** @description One word more about the status, such as `closing` */
            detail: string | null;
            /** @description Stripe's SetupIntent, once it is made */
            stripe_setup_intent_id: string | null;
            /** @description For Stripe.js, while it waits for its customer; only for keys with the scope `write` */
            client_secret: string | null;
            /** @description Where to send the customer, while it waits for them; only for keys with the scope `write` */
            url: string | null;
            /** @description What the customer still has to do at their bank, by `via: elements`; only for keys with the scope `write` */
            next_action: {
                /** @description Stripe's word for what its customer has to do */
                type: string;
                /** @description Of the type `redirect_to_url` */
                redirect_to_url: {
                    /** @description Where they do it */
                    url: string | null;
                } | null;
            } | null;
            /** @description What was saved */
            payment_method: string | null;
            /** @description Stripe's mandate, for kinds that need one */
            mandate: string | null;
            /** @description Why the customer's newest try failed */
            last_error: {
                /** @description Stripe's error code */
                code: string | null;
                /** @description The bank's reason, where there is one */
                decline_code: string | null;
            } | null;
            consent: components["schemas"]["Consent"];
            /** @description Stripe's word on showing the method to its customer again */
            allow_redisplay: string | null;
            /** @description Where the customer is sent afterwards */
            return_url: string;
            /** @description Grows with each change: of two copies, the greater is newer */
            version: number;
            /** @description Your own labels */
            metadata: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description When it ends if its customer has not come
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description When it was asked for
             */
            created_at: string;
            /** @description When it came to its end */
            settled_at: string | null;
        };
        /** @description Something that happened, told in the feed and by webhook */
        Event: {
            /** @description The same in the feed and in every notification: remember it, to do nothing twice */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "event";
            /**
             * @description What happened; it says what `data.object` is
             * @enum {string}
             */
            type: "charge.created" | "charge.attempt_failed" | "charge.requires_action" | "charge.succeeded" | "charge.failed" | "charge.canceled" | "charge.under_review" | "charge.refunded" | "charge.disputed" | "charge.dispute_closed" | "charge.fraud_warning" | "recovery.opened" | "recovery.mailed" | "recovery.undeliverable" | "recovery.visited" | "recovery.succeeded" | "recovery.expired" | "notice.sent" | "notice.undeliverable";
            /**
             * Format: date-time
             * @description When it happened
             */
            created_at: string;
            /** @description Whether it is about real money */
            livemode: boolean;
            /** @description The object's: of two events of one object, the greater is newer */
            version: number;
            /** @description The object, as it then was */
            data: {
                object: components["schemas"]["Charge"];
            };
        } | {
            /** @description The same in the feed and in every notification: remember it, to do nothing twice */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "event";
            /**
             * @description What happened; it says what `data.object` is
             * @enum {string}
             */
            type: "refund.created" | "refund.requires_action" | "refund.under_review" | "refund.succeeded" | "refund.failed" | "refund.canceled";
            /**
             * Format: date-time
             * @description When it happened
             */
            created_at: string;
            /** @description Whether it is about real money */
            livemode: boolean;
            /** @description The object's: of two events of one object, the greater is newer */
            version: number;
            /** @description The object, as it then was */
            data: {
                object: components["schemas"]["Refund"];
            };
        } | {
            /** @description The same in the feed and in every notification: remember it, to do nothing twice */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "event";
            /**
             * @description What happened; it says what `data.object` is
             * @enum {string}
             */
            type: "setup.created" | "setup.awaiting_customer" | "setup.processing" | "setup.succeeded" | "setup.failed" | "setup.canceled" | "setup.expired";
            /**
             * Format: date-time
             * @description When it happened
             */
            created_at: string;
            /** @description Whether it is about real money */
            livemode: boolean;
            /** @description The object's: of two events of one object, the greater is newer */
            version: number;
            /** @description The object, as it then was */
            data: {
                object: components["schemas"]["Setup"];
            };
        } | {
            /** @description The same in the feed and in every notification: remember it, to do nothing twice */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "event";
            /**
             * @description What happened; it says what `data.object` is
             * @enum {string}
             */
            type: "payment_method.attached" | "payment_method.updated" | "payment_method.detached" | "mandate.updated";
            /**
             * Format: date-time
             * @description When it happened
             */
            created_at: string;
            /** @description Whether it is about real money */
            livemode: boolean;
            /** @description The object's: of two events of one object, the greater is newer */
            version: number;
            /** @description The object, as it then was */
            data: {
                object: components["schemas"]["PaymentMethod"];
            };
        } | {
            /** @description The same in the feed and in every notification: remember it, to do nothing twice */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "event";
            /**
             * @description What happened; it says what `data.object` is
             * @enum {string}
             */
            type: "consent.revoked";
            /**
             * Format: date-time
             * @description When it happened
             */
            created_at: string;
            /** @description Whether it is about real money */
            livemode: boolean;
            /** @description The object's: of two events of one object, the greater is newer */
            version: number;
            /** @description The object, as it then was */
            data: {
                object: components["schemas"]["Consent"];
            };
        } | {
            /** @description The same in the feed and in every notification: remember it, to do nothing twice */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "event";
            /**
             * @description What happened; it says what `data.object` is
             * @enum {string}
             */
            type: "run.created" | "run.started" | "run.paused" | "run.resumed" | "run.decided" | "run.extended" | "run.completed" | "run.canceled";
            /**
             * Format: date-time
             * @description When it happened
             */
            created_at: string;
            /** @description Whether it is about real money */
            livemode: boolean;
            /** @description The object's: of two events of one object, the greater is newer */
            version: number;
            /** @description The object, as it then was */
            data: {
                object: components["schemas"]["Run"];
            };
        } | {
            /** @description The same in the feed and in every notification: remember it, to do nothing twice */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "event";
            /**
             * @description What happened; it says what `data.object` is
             * @enum {string}
             */
            type: "customer.created" | "customer.updated" | "customer.erased";
            /**
             * Format: date-time
             * @description When it happened
             */
            created_at: string;
            /** @description Whether it is about real money */
            livemode: boolean;
            /** @description The object's: of two events of one object, the greater is newer */
            version: number;
            /** @description The object, as it then was */
            data: {
                object: components["schemas"]["Customer"];
            };
        };
        /** @description An address that is told of events */
        WebhookEndpoint: {
            /** @description Begins with `whe_` */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "webhook_endpoint";
            /** @description Where events are sent */
            url: string;
            /** @description Which events are sent */
            events: string[];
            /** @description For you to know it by */
            description: string | null;
            /**
             * @description disabled: nothing is sent, and what happens is kept for it
             * @enum {string}
             */
            status: "enabled" | "disabled";
            /** @description `gone`: it answered 410. `failing`: five days of nothing but failures. Else by request */
            disabled_reason: ("merchant" | "gone" | "failing") | null;
            /** @description Since when nothing but failures came back */
            failing_since: string | null;
            /** @description Whether a replay is under way */
            replaying: boolean;
            /**
             * Format: date-time
             * @description When it was made
             */
            created_at: string;
        };
        /** @description An endpoint, and its secret this once */
        WebhookEndpointWithSecret: {
            /** @description Begins with `whe_` */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "webhook_endpoint";
            /** @description Where events are sent */
            url: string;
            /** @description Which events are sent */
            events: string[];
            /** @description For you to know it by */
            description: string | null;
            /**
             * @description disabled: nothing is sent, and what happens is kept for it
             * @enum {string}
             */
            status: "enabled" | "disabled";
            /** @description `gone`: it answered 410. `failing`: five days of nothing but failures. Else by request */
            disabled_reason: ("merchant" | "gone" | "failing") | null;
            /** @description Since when nothing but failures came back */
            failing_since: string | null;
            /** @description Whether a replay is under way */
            replaying: boolean;
            /**
             * Format: date-time
             * @description When it was made
             */
            created_at: string;
            /** @description `whsec_…`, shown this once; null where the request is a repetition */
            secret: string | null;
        };
        /** @description One event on its way to one endpoint */
        Delivery: {
            /** @description Begins with `dlv_` */
            id: string;
            /**
             * @description What this is
             * @constant
             */
            object: "delivery";
            /** @description Where it goes */
            endpoint: string;
            /** @description What it tells */
            event: string;
            /** @description Of the event; null once that is no longer kept */
            type: string | null;
            /**
             * @description queued: it is owed. The others are final
             * @enum {string}
             */
            status: "queued" | "delivered" | "failed" | "canceled";
            /** @description When it is sent next */
            next_attempt_at: string | null;
            /** @description Oldest first */
            attempts: {
                /** @description Counts from 1 */
                number: number;
                /**
                 * Format: date-time
                 * @description When it was sent
                 */
                at: string;
                /** @description What the endpoint answered; null if it did not */
                status: number | null;
                /** @description Why it was not delivered */
                code: string | null;
                /** @description How long it took */
                duration_ms: number;
                /** @description The first kilobyte of the answer */
                answer: string | null;
            }[];
            /** @description When it was taken */
            delivered_at: string | null;
            /**
             * Format: date-time
             * @description Since when it is owed
             */
            created_at: string;
        };
        /** @description Everything that there is to show for one payment */
        ChargeEvidence: {
            /**
             * @description What this is
             * @constant
             */
            object: "charge_evidence";
            charge: components["schemas"]["Charge"];
            customer: components["schemas"]["Customer"];
            /** @description The one that paid, if it is on file */
            payment_method: components["schemas"]["PaymentMethod"] | null;
            /** @description Each that an attempt rested on, with its evidence */
            consents: components["schemas"]["Consent"][];
            /** @description What was mailed about it */
            mails: {
                /** @description `msg_…` */
                id: string;
                /** @description The recovery that it is a step of; null for a receipt */
                recovery: string | null;
                /** @description Which step, or `receipt` */
                step: string;
                /** @description Whether it was sent */
                status: string;
                /**
                 * Format: date-time
                 * @description When it was owed
                 */
                created_at: string;
                /** @description When the mail server took it */
                sent_at: string | null;
            }[];
            /** @description What its customer pressed, or opened */
            presses: {
                /**
                 * @description What the customer did
                 * @enum {string}
                 */
                kind: "link_visited" | "payment" | "new_card";
                /**
                 * Format: date-time
                 * @description When
                 */
                at: string;
                /** @description The recovery, attempt or new card that it belongs to */
                reference: string;
                /** @description From where */
                ip_address: string | null;
                /** @description With which browser */
                user_agent: string | null;
            }[];
            /** @description Every move, oldest first */
            timeline: {
                /**
                 * Format: date-time
                 * @description When it moved
                 */
                at: string;
                /** @description What moved: charge, attempt, recovery, message, notice, replacement, refund, dispute, fraud_warning */
                entity: string;
                /** @description Its status before; null: it began */
                from: string | null;
                /** @description Its status, in the words of this API */
                to: string;
                /** @description The entity's; of an attempt, its number */
                version: number;
                /** @description Who or what moved it */
                cause: string;
                /** @description Which API key, request to Stripe or event of theirs it was */
                reference: string | null;
                /** @description The event that told of it */
                event: string | null;
                /** @description That event's type */
                type: string | null;
            }[];
        };
    };
    responses: {
        /** @description `invalid_request`: The request is not valid */
        InvalidRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /**
                     * @description Which refusal it is; never changes
                     * @enum {string}
                     */
                    code: "invalid_request";
                } & WithRequired<components["schemas"]["Problem"], "code">;
            };
        };
        /** @description `unauthenticated`: A valid API key is needed */
        Unauthenticated: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /**
                     * @description Which refusal it is; never changes
                     * @enum {string}
                     */
                    code: "unauthenticated";
                } & WithRequired<components["schemas"]["Problem"], "code">;
            };
        };
        /** @description `forbidden`: The API key does not have the scope for this call */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /**
                     * @description Which refusal it is; never changes
                     * @enum {string}
                     */
                    code: "forbidden";
                } & WithRequired<components["schemas"]["Problem"], "code">;
            };
        };
        /** @description `payload_too_large`: The request body is too large */
        PayloadTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /**
                     * @description Which refusal it is; never changes
                     * @enum {string}
                     */
                    code: "payload_too_large";
                } & WithRequired<components["schemas"]["Problem"], "code">;
            };
        };
        /** @description `unsupported_media_type`: The request body must be application/json */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /**
                     * @description Which refusal it is; never changes
                     * @enum {string}
                     */
                    code: "unsupported_media_type";
                } & WithRequired<components["schemas"]["Problem"], "code">;
            };
        };
        /** @description `rate_limited`: Too many requests */
        RateLimited: {
            headers: {
                /** @description After how many seconds to send the same request again */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /**
                     * @description Which refusal it is; never changes
                     * @enum {string}
                     */
                    code: "rate_limited";
                } & WithRequired<components["schemas"]["Problem"], "code">;
            };
        };
        /** @description `internal_error`: Something went wrong on our side */
        InternalError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /**
                     * @description Which refusal it is; never changes
                     * @enum {string}
                     */
                    code: "internal_error";
                } & WithRequired<components["schemas"]["Problem"], "code">;
            };
        };
        /**
         * @description `unavailable`: Not available right now
         *
         *     `overloaded`: Too much to do right now; nothing was done about this request
         */
        UnavailableOrOverloaded: {
            headers: {
                /** @description After how many seconds to send the same request again */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /**
                     * @description Which refusal it is; never changes
                     * @enum {string}
                     */
                    code: "unavailable" | "overloaded";
                } & WithRequired<components["schemas"]["Problem"], "code">;
            };
        };
        /** @description `not_found`: There is nothing here under this id */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /**
                     * @description Which refusal it is; never changes
                     * @enum {string}
                     */
                    code: "not_found";
                } & WithRequired<components["schemas"]["Problem"], "code">;
            };
        };
        /**
         * @description `invalid_request`: The request is not valid
         *
         *     `idempotency_key_missing`: This call needs an Idempotency-Key header
         */
        InvalidRequestOrIdempotencyKeyMissing: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /**
                     * @description Which refusal it is; never changes
                     * @enum {string}
                     */
                    code: "invalid_request" | "idempotency_key_missing";
                } & WithRequired<components["schemas"]["Problem"], "code">;
            };
        };
        /** @description `idempotency_mismatch`: This Idempotency-Key was used with another request */
        IdempotencyMismatch: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /**
                     * @description Which refusal it is; never changes
                     * @enum {string}
                     */
                    code: "idempotency_mismatch";
                } & WithRequired<components["schemas"]["Problem"], "code">;
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listCustomers: {
        parameters: {
            query?: {
                /** @description The whole address, in any capitals */
                email?: string;
                /** @description Your own id of the customer */
                reference?: string;
                /** @description The id at Stripe */
                stripe_customer_id?: string;
                /** @description Part of the name or the address */
                query?: string;
                /** @description How many at most */
                limit?: number;
                /** @description Where the page begins: the last page's `next_cursor` */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description This page, newest first */
                        data: components["schemas"]["Customer"][];
                        /** @description Send it as `cursor` for the next page; null on the last */
                        next_cursor: string | null;
                        /** @description Whether there is a next page */
                        has_more: boolean;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    createCustomer: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCustomer"];
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Customer"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Customer"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /**
             * @description `conflict`: The state of things does not allow this
             *
             *     `reference_taken`: There is another with this reference
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "conflict" | "reference_taken";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /**
             * @description `customer_erased`: The customer is erased, and does not come back
             *
             *     `idempotency_mismatch`: This Idempotency-Key was used with another request
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "customer_erased" | "idempotency_mismatch";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    retrieveCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Customer"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    eraseCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasedCustomer"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description `charges_open`: A charge of this customer is open */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "charges_open";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    updateCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CustomerChange"];
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Customer"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description `customer_erased`: The customer is erased, and does not come back */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "customer_erased";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    rebindCustomer: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CustomerRebinding"];
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Customer"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description `conflict`: The state of things does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "conflict";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /**
             * @description `customer_erased`: The customer is erased, and does not come back
             *
             *     `idempotency_mismatch`: This Idempotency-Key was used with another request
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "customer_erased" | "idempotency_mismatch";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    stopCustomer: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoppedCustomer"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    resumeCustomer: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Customer"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /**
             * @description `customer_erased`: The customer is erased, and does not come back
             *
             *     `idempotency_mismatch`: This Idempotency-Key was used with another request
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "customer_erased" | "idempotency_mismatch";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    listSetups: {
        parameters: {
            query?: {
                /** @description How many at most */
                limit?: number;
                /** @description Where the page begins: the last page's `next_cursor` */
                cursor?: string;
                /** @description Only those of this customer */
                customer?: string;
                /** @description Only those that stand there */
                status?: "queued" | "awaiting_customer" | "processing" | "succeeded" | "failed" | "canceled" | "expired";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description This page, newest first */
                        data: components["schemas"]["Setup"][];
                        /** @description Send it as `cursor` for the next page; null on the last */
                        next_cursor: string | null;
                        /** @description Whether there is a next page */
                        has_more: boolean;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    createSetup: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Whose payment method it will be */
                    customer: string;
                    /**
                     * @description Whether it is saved for charges while the customer is away
                     * @default off_session
                     * @enum {string}
                     */
                    usage?: "off_session" | "on_session";
                    /**
                     * @description Stripe's word for the kind that is saved: exactly one
                     * @default [
                     *       "card"
                     *     ]
                     */
                    payment_method_types?: ("card" | "sepa_debit" | "au_becs_debit" | "bacs_debit")[];
                    /**
                     * @description elements: Stripe's form in a page of yours. checkout: a page of Stripe's
                     * @default elements
                     * @enum {string}
                     */
                    via?: "elements" | "checkout";
                    consent: components["schemas"]["NewConsent"];
                    /**
                     * @description Stripe's word on showing the method to its customer again
                     * @enum {string}
                     */
                    allow_redisplay?: "always" | "limited" | "unspecified";
                    /**
                     * Format: uri
                     * @description Where the customer is sent afterwards
                     */
                    return_url: string;
                    /** @description Your own labels: up to 50, keys of up to 40 characters, values of up to 500. We never read them. Those of a charge and of a set-up go to Stripe as well, as many as fit beside five marks of ours */
                    metadata?: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description Accepted: written down, and done by a worker */
            202: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setup"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `not_found`: There is nothing here under this id */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "not_found";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /**
             * @description `customer_deleted`: The customer was deleted at Stripe
             *
             *     `customer_erased`: The customer is erased, and does not come back
             *
             *     `customer_stopped`: The customer is stopped: nothing is charged until they are resumed
             *
             *     `idempotency_mismatch`: This Idempotency-Key was used with another request
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "customer_deleted" | "customer_erased" | "customer_stopped" | "idempotency_mismatch";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    retrieveSetup: {
        parameters: {
            query?: {
                /** @description For how many seconds to hold the answer until there is news to tell */
                wait?: number;
            };
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setup"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    cancelSetup: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Accepted: written down, and done by a worker */
            202: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setup"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /**
             * @description `already_succeeded`: It has succeeded already
             *
             *     `already_failed`: It has failed already
             *
             *     `already_canceled`: It is canceled already
             *
             *     `already_expired`: It has expired already
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "already_succeeded" | "already_failed" | "already_canceled" | "already_expired";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    listPaymentMethods: {
        parameters: {
            query?: {
                /** @description How many at most */
                limit?: number;
                /** @description Where the page begins: the last page's `next_cursor` */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description This page, newest first */
                        data: components["schemas"]["PaymentMethod"][];
                        /** @description Send it as `cursor` for the next page; null on the last */
                        next_cursor: string | null;
                        /** @description Whether there is a next page */
                        has_more: boolean;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    retrievePaymentMethod: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentMethod"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    adoptPaymentMethod: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Adoption"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentMethod"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `not_found`: There is nothing here under this id */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "not_found";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /**
             * @description `customer_erased`: The customer is erased, and does not come back
             *
             *     `payment_method_unusable`: This payment method cannot be charged
             *
             *     `idempotency_mismatch`: This Idempotency-Key was used with another request
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "customer_erased" | "payment_method_unusable" | "idempotency_mismatch";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    acceptPaymentMethod: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedPaymentMethod"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description `already_detached`: It is detached already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "already_detached";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /**
             * @description `payment_method_unusable`: This payment method cannot be charged
             *
             *     `consent_missing`: There is no live consent that covers this
             *
             *     `customer_erased`: The customer is erased, and does not come back
             *
             *     `idempotency_mismatch`: This Idempotency-Key was used with another request
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "payment_method_unusable" | "consent_missing" | "customer_erased" | "idempotency_mismatch";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    detachPaymentMethod: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedPaymentMethod"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description `already_detached`: It is detached already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "already_detached";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /**
             * @description `payment_method_unusable`: This payment method cannot be charged
             *
             *     `consent_missing`: There is no live consent that covers this
             *
             *     `customer_erased`: The customer is erased, and does not come back
             *
             *     `idempotency_mismatch`: This Idempotency-Key was used with another request
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "payment_method_unusable" | "consent_missing" | "customer_erased" | "idempotency_mismatch";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    setDefaultPaymentMethod: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedPaymentMethod"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description `already_detached`: It is detached already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "already_detached";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /**
             * @description `payment_method_unusable`: This payment method cannot be charged
             *
             *     `consent_missing`: There is no live consent that covers this
             *
             *     `customer_erased`: The customer is erased, and does not come back
             *
             *     `idempotency_mismatch`: This Idempotency-Key was used with another request
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "payment_method_unusable" | "consent_missing" | "customer_erased" | "idempotency_mismatch";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    retrieveConsent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Consent"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    revokeConsent: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description true: charges that follow their customer go on with another method that a live consent covers */
                    move?: boolean;
                } | null;
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevokedConsent"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    listCharges: {
        parameters: {
            query?: {
                /** @description How many at most */
                limit?: number;
                /** @description Where the page begins: the last page's `next_cursor` */
                cursor?: string;
                /** @description Only those of this customer */
                customer?: string;
                /** @description Only those that stand there */
                status?: "scheduled" | "processing" | "requires_action" | "succeeded" | "failed" | "canceled";
                /** @description Only lines of this run */
                run?: string;
                /** @description Only that of this reference */
                reference?: string;
                /** @description Only charges created later than this */
                created_after?: string;
                /** @description Only charges created earlier than this */
                created_before?: string;
                /** @description Only charges whose timeline has something later than this */
                changed_after?: string;
                /** @description Only those with each of these labels: `metadata[name]=value` */
                metadata?: {
                    [key: string]: string;
                };
                /** @description Only that of this PaymentIntent */
                stripe_payment_intent_id?: string;
                /** @description Only those that a dispute is about, or none of them */
                disputed?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description This page, newest first */
                        data: components["schemas"]["Charge"][];
                        /** @description Send it as `cursor` for the next page; null on the last */
                        next_cursor: string | null;
                        /** @description Whether there is a next page */
                        has_more: boolean;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    createCharge: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCharge"];
            };
        };
        responses: {
            /** @description Accepted: written down, and done by a worker */
            202: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Charge"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `not_found`: There is nothing here under this id */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "not_found";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            /**
             * @description `conflict`: The state of things does not allow this
             *
             *     `reference_taken`: There is another with this reference
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "conflict" | "reference_taken";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /**
             * @description `no_payment_method`: The customer has no default payment method
             *
             *     `payment_method_unusable`: This payment method cannot be charged
             *
             *     `consent_missing`: There is no live consent that covers this
             *
             *     `consent_used`: This one-time consent covers another charge already
             *
             *     `consent_exceeded`: The consent does not reach this far
             *
             *     `customer_stopped`: The customer is stopped: nothing is charged until they are resumed
             *
             *     `customer_deleted`: The customer was deleted at Stripe
             *
             *     `customer_erased`: The customer is erased, and does not come back
             *
             *     `amount_too_small`: The amount is below the minimum of its currency
             *
             *     `amount_too_large`: The amount is above the maximum
             *
             *     `due_at_too_far`: The bank days of that time are not known yet
             *
             *     `currency_unknown`: The currency is not known
             *
             *     `idempotency_mismatch`: This Idempotency-Key was used with another request
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "no_payment_method" | "payment_method_unusable" | "consent_missing" | "consent_used" | "consent_exceeded" | "customer_stopped" | "customer_deleted" | "customer_erased" | "amount_too_small" | "amount_too_large" | "due_at_too_far" | "currency_unknown" | "idempotency_mismatch";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    retrieveCharge: {
        parameters: {
            query?: {
                /** @description For how many seconds to hold the answer until there is news to tell */
                wait?: number;
            };
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Charge"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    updateCharge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangedCharge"];
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Charge"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /**
             * @description `already_succeeded`: It has succeeded already
             *
             *     `already_failed`: It has failed already
             *
             *     `already_canceled`: It is canceled already
             *
             *     `conflict`: The state of things does not allow this
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "already_succeeded" | "already_failed" | "already_canceled" | "conflict";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /**
             * @description `consent_exceeded`: The consent does not reach this far
             *
             *     `payment_method_unusable`: This payment method cannot be charged
             *
             *     `amount_too_small`: The amount is below the minimum of its currency
             *
             *     `amount_too_large`: The amount is above the maximum
             *
             *     `due_at_too_far`: The bank days of that time are not known yet
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "consent_exceeded" | "payment_method_unusable" | "amount_too_small" | "amount_too_large" | "due_at_too_far";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    retrieveChargeTimeline: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Oldest first */
                        data: {
                            /**
                             * Format: date-time
                             * @description When it moved
                             */
                            at: string;
                            /** @description What moved: charge, attempt, recovery, message, notice, replacement, refund, dispute, fraud_warning */
                            entity: string;
                            /** @description Its status before; null: it began */
                            from: string | null;
                            /** @description Its status, in the words of this API */
                            to: string;
                            /** @description The entity's; of an attempt, its number */
                            version: number;
                            /** @description Who or what moved it */
                            cause: string;
                            /** @description Which API key, request to Stripe or event of theirs it was */
                            reference: string | null;
                            /** @description The event that told of it */
                            event: string | null;
                            /** @description That event's type */
                            type: string | null;
                        }[];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    cancelCharge: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Accepted: written down, and done by a worker */
            202: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CanceledCharge"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /**
             * @description `already_succeeded`: It has succeeded already
             *
             *     `already_failed`: It has failed already
             *
             *     `already_canceled`: It is canceled already
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "already_succeeded" | "already_failed" | "already_canceled";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    retryCharge: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Accepted: written down, and done by a worker */
            202: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Charge"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /**
             * @description `already_succeeded`: It has succeeded already
             *
             *     `already_failed`: It has failed already
             *
             *     `already_canceled`: It is canceled already
             *
             *     `conflict`: The state of things does not allow this
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "already_succeeded" | "already_failed" | "already_canceled" | "conflict";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    setChargePaymentMethod: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChosenMethod"];
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Charge"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /**
             * @description `already_succeeded`: It has succeeded already
             *
             *     `already_failed`: It has failed already
             *
             *     `already_canceled`: It is canceled already
             *
             *     `conflict`: The state of things does not allow this
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "already_succeeded" | "already_failed" | "already_canceled" | "conflict";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /**
             * @description `payment_method_unusable`: This payment method cannot be charged
             *
             *     `consent_missing`: There is no live consent that covers this
             *
             *     `consent_used`: This one-time consent covers another charge already
             *
             *     `consent_exceeded`: The consent does not reach this far
             *
             *     `idempotency_mismatch`: This Idempotency-Key was used with another request
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "payment_method_unusable" | "consent_missing" | "consent_used" | "consent_exceeded" | "idempotency_mismatch";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    createRefund: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewRefund"];
            };
        };
        responses: {
            /** @description Accepted: written down, and done by a worker */
            202: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /**
             * @description `charge_not_succeeded`: Nothing was received that could go back
             *
             *     `charge_disputed`: Its bank has the money, or decides about it
             *
             *     `already_refunded`: All of it has gone back, or is on its way
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "charge_not_succeeded" | "charge_disputed" | "already_refunded";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /**
             * @description `refund_exceeds_charge`: More would go back than is left of what was received
             *
             *     `idempotency_mismatch`: This Idempotency-Key was used with another request
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "refund_exceeds_charge" | "idempotency_mismatch";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    listRefunds: {
        parameters: {
            query?: {
                /** @description How many at most */
                limit?: number;
                /** @description Where the page begins: the last page's `next_cursor` */
                cursor?: string;
                /** @description Only those of this charge */
                charge?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description This page, newest first */
                        data: components["schemas"]["Refund"][];
                        /** @description Send it as `cursor` for the next page; null on the last */
                        next_cursor: string | null;
                        /** @description Whether there is a next page */
                        has_more: boolean;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    retrieveRefund: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    retrieveChargeEvidence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChargeEvidence"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    retrieveRecovery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The newest recovery of the charge */
                        recovery: {
                            /** @description Begins with `rec_` */
                            id: string;
                            /**
                             * @description authenticate: the bank wants to see the customer. replace: another card is needed
                             * @enum {string}
                             */
                            kind: "authenticate" | "replace";
                            /**
                             * @description Whether its link still works: `open`
                             * @enum {string}
                             */
                            status: "open" | "completed" | "expired" | "revoked";
                            /**
                             * Format: date-time
                             * @description Until when the customer is asked
                             */
                            expires_at: string;
                            /** @description How many mails have gone out */
                            messages_sent: number;
                            /** @description The address refused our mail: mend it, and resend */
                            undeliverable: boolean;
                            /** @description The page where the customer can pay; null once the recovery is over */
                            url: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    openRecovery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The newest recovery of the charge */
                        recovery: {
                            /** @description Begins with `rec_` */
                            id: string;
                            /**
                             * @description authenticate: the bank wants to see the customer. replace: another card is needed
                             * @enum {string}
                             */
                            kind: "authenticate" | "replace";
                            /**
                             * @description Whether its link still works: `open`
                             * @enum {string}
                             */
                            status: "open" | "completed" | "expired" | "revoked";
                            /**
                             * Format: date-time
                             * @description Until when the customer is asked
                             */
                            expires_at: string;
                            /** @description How many mails have gone out */
                            messages_sent: number;
                            /** @description The address refused our mail: mend it, and resend */
                            undeliverable: boolean;
                            /** @description The page where the customer can pay; null once the recovery is over */
                            url: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /**
             * @description `already_succeeded`: It has succeeded already
             *
             *     `already_failed`: It has failed already
             *
             *     `already_canceled`: It is canceled already
             *
             *     `conflict`: The state of things does not allow this
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "already_succeeded" | "already_failed" | "already_canceled" | "conflict";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    resendRecovery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description true: the mail has a new link, and every earlier one ends */
                    revoke_earlier?: boolean;
                } | null;
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The newest recovery of the charge */
                        recovery: {
                            /** @description Begins with `rec_` */
                            id: string;
                            /**
                             * @description authenticate: the bank wants to see the customer. replace: another card is needed
                             * @enum {string}
                             */
                            kind: "authenticate" | "replace";
                            /**
                             * @description Whether its link still works: `open`
                             * @enum {string}
                             */
                            status: "open" | "completed" | "expired" | "revoked";
                            /**
                             * Format: date-time
                             * @description Until when the customer is asked
                             */
                            expires_at: string;
                            /** @description How many mails have gone out */
                            messages_sent: number;
                            /** @description The address refused our mail: mend it, and resend */
                            undeliverable: boolean;
                            /** @description The page where the customer can pay; null once the recovery is over */
                            url: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /**
             * @description `already_succeeded`: It has succeeded already
             *
             *     `already_failed`: It has failed already
             *
             *     `already_canceled`: It is canceled already
             *
             *     `conflict`: The state of things does not allow this
             *
             *     `mail_limit_reached`: This recovery, or its customer today, has had as many mails as may be sent
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "already_succeeded" | "already_failed" | "already_canceled" | "conflict" | "mail_limit_reached";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    listRuns: {
        parameters: {
            query?: {
                /** @description How many at most */
                limit?: number;
                /** @description Where the page begins: the last page's `next_cursor` */
                cursor?: string;
                /** @description Only runs of this name */
                name?: string;
                /** @description Only that of this reference */
                reference?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description This page, newest first */
                        data: components["schemas"]["Run"][];
                        /** @description Send it as `cursor` for the next page; null on the last */
                        next_cursor: string | null;
                        /** @description Whether there is a next page */
                        has_more: boolean;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    createRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRun"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `reference_taken`: There is another with this reference */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "reference_taken";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    retrieveRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    startRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RunStart"];
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /**
             * @description `conflict`: The state of things does not allow this
             *
             *     `already_running`: It is running already
             *
             *     `already_paused`: It is paused already
             *
             *     `already_completed`: It is completed already
             *
             *     `already_canceled`: It is canceled already
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "conflict" | "already_running" | "already_paused" | "already_completed" | "already_canceled";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    decideRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunDecision"];
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /**
             * @description `conflict`: The state of things does not allow this
             *
             *     `already_decided`: It is decided already, and a decision stands
             *
             *     `already_completed`: It is completed already
             *
             *     `already_canceled`: It is canceled already
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "conflict" | "already_decided" | "already_completed" | "already_canceled";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    pauseRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /**
             * @description `conflict`: The state of things does not allow this
             *
             *     `already_paused`: It is paused already
             *
             *     `already_completed`: It is completed already
             *
             *     `already_canceled`: It is canceled already
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "conflict" | "already_paused" | "already_completed" | "already_canceled";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    resumeRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /**
             * @description `conflict`: The state of things does not allow this
             *
             *     `already_running`: It is running already
             *
             *     `already_completed`: It is completed already
             *
             *     `already_canceled`: It is canceled already
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "conflict" | "already_running" | "already_completed" | "already_canceled";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    cancelRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /**
             * @description `already_completed`: It is completed already
             *
             *     `already_canceled`: It is canceled already
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "already_completed" | "already_canceled";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    importRunCharges: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-ndjson": string;
                "text/csv": string;
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description `conflict`: The state of things does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "conflict";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            /** @description `unsupported_media_type`: The request body must be application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "unsupported_media_type";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    previewRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPreview"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    reportRun: {
        parameters: {
            query?: {
                /** @description How it is written */
                format?: "csv" | "json";
            };
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunReport"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    repeatRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunAgain"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description `conflict`: The state of things does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "conflict";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    listWebhookEndpoints: {
        parameters: {
            query?: {
                /** @description How many at most */
                limit?: number;
                /** @description Where the page begins: the last page's `next_cursor` */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description This page, newest first */
                        data: components["schemas"]["WebhookEndpoint"][];
                        /** @description Send it as `cursor` for the next page; null on the last */
                        next_cursor: string | null;
                        /** @description Whether there is a next page */
                        has_more: boolean;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    createWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWebhookEndpoint"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointWithSecret"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `conflict`: The state of things does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "conflict";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    retrieveWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    deleteWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description What it was */
                        id: string;
                        /**
                         * @description What this was
                         * @enum {string}
                         */
                        object: "webhook_endpoint";
                        /**
                         * @description Always true
                         * @enum {boolean}
                         */
                        deleted: true;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    updateWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookEndpointChange"];
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    rotateWebhookEndpointSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description For so long the secrets before sign beside the new one
                     * @default 24
                     */
                    overlap_hours?: number;
                } | null;
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointWithSecret"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    testWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Whether it answered with a status from 200 to 299 */
                        delivered: boolean;
                        /** @description What the endpoint answered; null if it did not */
                        status: number | null;
                        /** @description Why it was not delivered */
                        code: string | null;
                        /** @description How long it took */
                        duration_ms: number;
                        /** @description The first kilobyte of the answer */
                        answer: string | null;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    replayWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this request: sent again, it does nothing again and answers the same. Kept for ever */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: date-time
                     * @description Everything from this time on
                     */
                    from?: string;
                    /** @description This event */
                    event?: string;
                    /**
                     * @description Of each object only the newest event
                     * @default false
                     */
                    newest_only?: boolean;
                };
            };
        };
        responses: {
            /** @description Accepted: written down, and done by a worker */
            202: {
                headers: {
                    /** @description `true` if this Idempotency-Key was used before: nothing was done again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            400: components["responses"]["InvalidRequestOrIdempotencyKeyMissing"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description `conflict`: The state of things does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "conflict";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                /** @description How many at most */
                limit?: number;
                /** @description Where the page begins: the last page's `next_cursor` */
                cursor?: string;
                /** @description Only those that stand there */
                status?: "queued" | "delivered" | "failed" | "canceled";
            };
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description This page, newest first */
                        data: components["schemas"]["Delivery"][];
                        /** @description Send it as `cursor` for the next page; null on the last */
                        next_cursor: string | null;
                        /** @description Whether there is a next page */
                        has_more: boolean;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    redeliverDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of what this call is about */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never> | null;
            };
        };
        responses: {
            /** @description Accepted: written down, and done by a worker */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description `conflict`: The state of things does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "conflict";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description How many at most */
                limit?: number;
                /** @description Only what comes after this event; without it, from the oldest kept */
                after?: string;
                /** @description Only this type, or those that begin so: `charge.*` */
                type?: string;
                /** @description Only what was told of the object with this id */
                object?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done, or found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description This page, oldest first */
                        data: components["schemas"]["Event"][];
                        /** @description Send it as `after` to go on, now or later; null as long as there is no event */
                        next_cursor: string | null;
                        /** @description Whether more is there already */
                        has_more: boolean;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `cursor_gone`: Events from before this cursor are gone, or rows were lost since */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /**
                         * @description Which refusal it is; never changes
                         * @enum {string}
                         */
                        code: "cursor_gone";
                    } & WithRequired<components["schemas"]["Problem"], "code">;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["UnavailableOrOverloaded"];
        };
    };
}
type WithRequired<T, K extends keyof T> = T & {
    [P in K]-?: T[P];
};
