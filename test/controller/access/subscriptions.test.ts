import { describe, expect, test } from "vitest";
import { sha256Hex } from "../../../host-sim/feed/words.ts";
import { restApi } from "../fixtures/gateway.ts";
import { onBothStores } from "./fixture.ts";

describe("plans and subscriptions", () => {
  onBothStores((gateway) => {
    const ask = async (method: string, path: string, body?: object) => {
      const answer = await gateway().as("root", method, path, body);
      return {
        ...answer,
        body: answer.body as unknown as Record<string, string> & typeof answer.body,
      };
    };
    const plan = async (body: object) =>
      (await ask("POST", "/subscription-plans", body)).body["id"]!;
    let gold: string;

    test("a plan has what was asked for, and defaults", async () => {
      const sent = { planName: "Gold", throttleLimitCount: 100, throttleLimitUnit: "Min" };
      const made = await ask("POST", "/subscription-plans", sent);
      gold = made.body["id"]!;
      expect([made.status, made.body]).toEqual([
        201,
        {
          ...{ ...sent, id: gold, gatewayId: "platform-gateway-id", billingPlan: null },
          ...{ stopOnQuotaReach: true, expiryTime: null, status: "ACTIVE" },
          ...{ createdAt: expect.any(String), updatedAt: expect.any(String) },
        },
      ]);
      expect(gateway().fed("plan", gold)).toEqual(["Gold", "100", "Min", "1", "ACTIVE", "", ""]);
      expect((await ask("GET", "/subscription-plans")).body).toEqual({
        subscriptionPlans: [made.body],
        count: 1,
      });
      expect((await ask("POST", "/subscription-plans", { planName: "gold" })).status).toBe(409);
      expect((await gateway().as("dev", "GET", "/subscription-plans")).status).toBe(403);
    });

    test("a plan changes by what is sent, and null takes its limit away", async () => {
      const path = `/subscription-plans/${gold}`;
      const expiryTime = "2099-01-01T00:00:00.000Z";
      expect((await ask("PUT", path, { stopOnQuotaReach: false, expiryTime })).body).toMatchObject({
        ...{ planName: "Gold", throttleLimitCount: 100, stopOnQuotaReach: false, expiryTime },
      });
      const time = String(Date.parse(expiryTime));
      expect(gateway().fed("plan", gold)).toEqual(["Gold", "100", "Min", "0", "ACTIVE", time, ""]);
      const free = { throttleLimitCount: null, throttleLimitUnit: null, expiryTime: null };
      expect((await ask("PUT", path, free)).body).toMatchObject(free);
      expect((await ask("PUT", "/subscription-plans/unknown", {})).status).toBe(404);
    });

    test.each([
      [{}, "planName", "is required"],
      [{ planName: "x", throttleLimitCount: 5 }, "throttleLimitUnit", "go together"],
      [{ planName: "x", throttleLimitUnit: "Day" }, "throttleLimitCount", "go together"],
      [
        { planName: "x", throttleLimitCount: 0, throttleLimitUnit: "Day" },
        "throttleLimitCount",
        "from 1",
      ],
      [
        { planName: "x", throttleLimitCount: 1, throttleLimitUnit: "Week" },
        "throttleLimitUnit",
        "Min, Hour",
      ],
      [{ planName: "x", status: "OFF" }, "status", "ACTIVE, INACTIVE"],
      [{ planName: "x", expiryTime: "2001-01-01T00:00:00Z" }, "expiryTime", "future"],
    ])("refuses the plan %j", async (body, field, words) => {
      const answer = await ask("POST", "/subscription-plans", body);
      expect([answer.status, answer.body.errors]).toEqual([
        400,
        [{ field, message: expect.stringContaining(words) }],
      ]);
    });

    test("a subscription is found by its token and by its application; the token is shown once", async () => {
      const sent = {
        ...{ apiId: "pets", subscriptionToken: "token-of-the-subscriber", applicationId: "app-1" },
        ...{ subscriptionPlanId: gold, billingCustomerId: "c1", billingSubscriptionId: "b1" },
      };
      const made = await ask("POST", "/subscriptions", sent);
      expect([made.status, made.body]).toEqual([
        201,
        expect.objectContaining({ ...sent, status: "ACTIVE" }),
      ]);
      const id = made.body["id"]!;
      const record = [id, "ACTIVE", gold, "app-1", "c1", "b1", ""];
      const found = () => [
        gateway().fed("subscription", "RestApi/pets", sha256Hex("token-of-the-subscriber")),
        gateway().fed("subscription", "RestApi/pets", "app:app-1"),
      ];
      expect(found()).toEqual([record, record]);
      const path = `/subscriptions/${id}`;
      for (const answer of [await ask("GET", path), await ask("GET", "/subscriptions")])
        expect(JSON.stringify(answer.body)).not.toContain("token-of-the-subscriber");

      const { subscriptionToken: _, ...rest } = sent;
      expect((await ask("PUT", path, { ...rest, status: "INACTIVE" })).status).toBe(200);
      expect(found()[0]![1]).toBe("INACTIVE");
      const other = await ask("PUT", path, { applicationId: "app-2", status: "ACTIVE" });
      expect([other.status, other.body.errors![0]!.field]).toEqual([400, "applicationId"]);
      await ask("PUT", path, { status: "REVOKED" });
      expect(found()).toEqual([null, null]);
      await ask("PUT", path, { status: "ACTIVE" });
      expect(found()).toEqual([record, record]);
    });

    test("a second subscription of an application, or with the same token, is refused", async () => {
      const again = { apiId: "pets", subscriptionToken: "another", applicationId: "app-1" };
      const second = await ask("POST", "/subscriptions", again);
      expect([second.status, second.body["message"]]).toEqual([
        409,
        "Application already subscribed to this API",
      ]);
      const same = { apiId: "pets", subscriptionToken: "token-of-the-subscriber" };
      const third = await ask("POST", "/subscriptions", same);
      expect(third.status).toBe(409);
      expect(JSON.stringify(third.body)).not.toContain("token-of-the-subscriber");
    });

    test("an API is meant by its UUID too, and only its own plans can be taken", async () => {
      const plans = { subscriptionPlans: ["SILVER"] };
      await gateway().as("root", "POST", "/rest-apis", restApi("chosen", 9, plans));
      const { uuid } = (await gateway().gateway.store.artifact("RestApi", "chosen"))!;
      const subscribe = (subscriptionPlanId: string, subscriptionToken = "t1") =>
        ask("POST", "/subscriptions", { apiId: uuid, subscriptionToken, subscriptionPlanId });
      expect((await subscribe(gold)).body.errors![0]!.message).toContain("API's plans (SILVER)");
      const silver = await plan({ planName: "Silver" });
      expect((await subscribe(silver)).body).toMatchObject({ apiId: "chosen" });
      await ask("PUT", `/subscription-plans/${silver}`, { status: "INACTIVE" });
      expect((await subscribe(silver, "t2")).body.errors![0]!.message).toContain("ACTIVE plan");
      expect((await subscribe("unknown", "t2")).status).toBe(400);
      const used = await ask("DELETE", `/subscription-plans/${silver}`);
      expect([used.status, used.body["message"]]).toEqual([
        409,
        "plan 'Silver' is used by 1 subscriptions",
      ]);
      const list = await ask("GET", `/subscriptions?apiId=${uuid}`);
      expect(list.body["count"]).toBe(1);
      await ask("DELETE", "/rest-apis/chosen");
      expect(gateway().fed("subscription", "RestApi/chosen", sha256Hex("t1"))).toBe(null);
      expect((await ask("DELETE", `/subscription-plans/${silver}`)).status).toBe(204);
      expect(gateway().fed("plan", silver)).toBe(null);
    });

    test("lists by application and status, deletes with 204, and knows what is missing", async () => {
      const body = {
        apiId: "pets",
        subscriptionToken: "t9",
        applicationId: "app-9",
        status: "INACTIVE",
      };
      const { body: made } = await ask("POST", "/subscriptions", body);
      const count = async (query: string) =>
        (await ask("GET", `/subscriptions?${query}`)).body["count"];
      expect(await count("applicationId=app-9")).toBe(1);
      expect(await count("status=INACTIVE")).toBe(1);
      expect(await count("applicationId=app-9&status=ACTIVE")).toBe(0);
      expect((await ask("DELETE", `/subscriptions/${made["id"]}`)).status).toBe(204);
      expect((await ask("DELETE", `/subscriptions/${made["id"]}`)).status).toBe(404);
      expect(gateway().fed("subscription", "RestApi/pets", "app:app-9")).toBe(null);
      const none = await ask("POST", "/subscriptions", { ...body, apiId: "nowhere" });
      expect([none.status, none.body.errors]).toEqual([
        400,
        [{ field: "apiId", message: "names no API, found 'nowhere'" }],
      ]);
    });
  });
});
