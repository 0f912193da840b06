import type { Case } from "sluice/cases";

const id = '"request-id":"[0-9a-f-]{36}"';

export const cases: Case[] = [
  {
    name: "writes a line about the request and one about the response",
    params: {
      request: { payload: true, headers: true, excludeHeaders: ["X-Noise"] },
      response: { payload: true, headers: true },
    },
    request: {
      method: "POST",
      path: "/pets?api-key=secret",
      headers: { "content-type": "text/plain", "x-noise": "1", "x-many": ["a", "b"] },
      body: 'say "hi"\n',
    },
    upstream: { status: 201, headers: { "x-down": "1" }, body: "made" },
    expect: {
      status: 201,
      body: "made",
      upstream: { body: 'say "hi"\n' },
      logs: [
        new RegExp(
          `\\{"mediation-flow":"REQUEST",${id},"http-method":"POST","resource-path":"/pets",` +
            `"payload":"say \\\\"hi\\\\"\\\\n","headers":\\{(?!.*x-noise)(?!.*x-sluice).*"x-many":"a, b"`,
        ),
        new RegExp(
          `\\{"mediation-flow":"RESPONSE",${id},"http-method":"POST","resource-path":"/pets",` +
            `"status":201,"payload":"made","headers":\\{.*"x-down":"1"`,
        ),
      ],
    },
  },
  {
    name: "writes neither body nor headers unless told to",
    params: { request: {}, response: {} },
    request: { path: "/pets" },
    expect: {
      status: 200,
      logs: [/"resource-path":"\/pets"\}$/, /"RESPONSE".*"resource-path":"\/pets","status":200\}$/],
    },
  },
  {
    name: "masks credentials",
    example: true,
    params: { request: { headers: true }, response: { headers: true } },
    request: {
      path: "/",
      headers: { Authorization: "Bearer secret", cookie: "s=secret", "X-API-Key": "secret" },
    },
    upstream: { headers: { "set-cookie": "s=secret" } },
    expect: {
      status: 200,
      logs: [
        /^(?!.*secret).*"authorization":"\*\*\*","cookie":"\*\*\*","x-api-key":"\*\*\*"/,
        /^(?!.*secret).*"set-cookie":"\*\*\*"/,
      ],
    },
  },
  {
    name: "masks the headers that it is told to, in any case",
    params: { request: { headers: true }, maskedHeaders: ["X-Mine"] },
    request: { path: "/", headers: { "x-mine": "secret" } },
    expect: { status: 200, logs: [/"x-mine":"\*\*\*"/] },
  },
  {
    name: "writes no more of a body than it may, and cuts no character in two",
    params: { request: { payload: true }, maxPayloadBytes: 5 },
    request: { method: "POST", path: "/", body: "abc\u00fcdef" },
    expect: { status: 200, logs: ['"payload":"abc\u00fc","payload-bytes":8}'] },
  },
  {
    name: "writes one line, whatever a client sends",
    params: { request: { payload: true } },
    request: { method: "POST", path: "/", body: 'x"}\n{"mediation-flow":"FORGED"}' },
    expect: {
      status: 200,
      logs: ['"payload":"x\\"}\\n{\\"mediation-flow\\":\\"FORGED\\"}"}'],
    },
  },
  {
    name: "writes the length alone of a body that is no text",
    params: { request: { payload: true } },
    request: { method: "POST", path: "/", body: new Uint8Array([0xff, 0xfe, 0x00]) },
    expect: { status: 200, logs: ['"payload":null,"payload-bytes":3}'] },
  },
  {
    name: "leaves out what it is told to of the response's headers",
    params: { response: { headers: true, excludeHeaders: ["X-Noise"] } },
    upstream: { headers: { "x-noise": "1", "x-kept": "2" } },
    request: { path: "/" },
    expect: { status: 200, logs: [/^(?!.*x-noise).*"RESPONSE".*"x-kept":"2"/] },
  },
];
