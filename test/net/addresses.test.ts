import { expect, test } from "bun:test";

import { isPrivateHost, isPublic } from "../../src/net/addresses.ts";

const PRIVATE: Record<string, readonly string[]> = {
  unspecified: ["0.0.0.0", "0.255.255.255", "::"],
  private: ["10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.1"],
  "shared by a provider's customers": ["100.64.0.0", "100.127.255.255"],
  loopback: ["127.0.0.1", "127.255.255.255", "::1"],
  "link-local, where clouds keep their metadata": [
    ...["169.254.0.0", "169.254.169.254", "169.254.255.255", "fe80::1", "febf:ffff::1"],
  ],
  "with a zone": ["fe80::1%eth0", "2606:4700::1111%eth0"],
  "unique-local": ["fc00::1", "fd00:ec2::254", "fdff:ffff::1"],
  "site-local": ["fec0::1"],
  multicast: ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
  broadcast: ["255.255.255.255"],
  reserved: ["240.0.0.0", "254.255.255.255", "4000::1", "5f00::1", "100::1"],
  "of a protocol": ["192.0.0.0", "192.0.0.255", "192.88.99.1", "2001:1::1"],
  "for documents": [
    ...["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1", "3fff:fff::1"],
  ],
  "for benchmarks": ["198.18.0.0", "198.19.255.255", "2001:2::1"],
  "mapped from private IPv4": [
    ...["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"],
    ...["0:0:0:0:0:ffff:7f00:1", "::FFFF:192.168.0.1", "::ffff:0.0.0.0", "::ffff:0.0.0.1"],
  ],
  "IPv4-compatible": ["::127.0.0.1", "::8.8.8.8"],
  "translated to IPv4 in another way": ["::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8"],
  "NAT64 to private IPv4": ["64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::10.0.0.0"],
  "NAT64 of a network's own": ["64:ff9b:1::808:808", "64:ff9b:1::1"],
  "6to4": ["2002:7f00:1::", "2002:808:808::1"],
  Teredo: ["2001::1", "2001:0:7f00:1::"],
  ORCHID: ["2001:10::1", "2001:20::1"],
  none: ["", "localhost", "127.1", "2130706433", "0x7f.0.0.1", "1.2.3", "[::1]", "::g"],
};

const PUBLIC = [
  ...["1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0"],
  ...["126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255"],
  ...["172.32.0.0", "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255"],
  ...["192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0"],
  ...["203.0.112.255", "203.0.114.0", "223.255.255.255"],
  ...["2000::1", "2001:200::1", "2001:4860:4860::8888", "2001:db7::1", "2001:db9::1", "2003::1"],
  ...["2606:4700::1111", "3ffe::1", "3fff:1000::1"],
  ...["::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "64:ff9b::808:808"],
];

for (const [kind, addresses] of Object.entries(PRIVATE)) {
  test(`an address that is ${kind} is not public`, () => {
    expect(addresses.filter(isPublic)).toEqual([]);
  });
}

test("an address beside those blocks is public", () => {
  expect(PUBLIC.filter((address) => !isPublic(address))).toEqual([]);
});

test("every spelling of an address is judged as what it means", () => {
  const spellings = [
    ...["127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1"],
    ...["127.0.0.1.", "017700000001", "１２７.0.0.1", "127。0。0。1", "%31%32%37.0.0.1"],
    ...["0", "0.0.0.0", "169.254.169.254", "2852039166", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]"],
    ...["[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]"],
    ...["localhost", "LOCALHOST", "localhost.", "a.localhost", "ⓛocalhost", "loc%61lhost"],
  ];
  const hosts = spellings.map((spelling) => new URL(`http://${spelling}/`).hostname);
  expect(hosts.filter((host) => !isPrivateHost(host))).toEqual([]);
});

test("a name is not judged before it is resolved", () => {
  const names = ["example.com", "localhost.example.com", "mylocalhost", "127.0.0.1.example.com"];
  expect(names.filter(isPrivateHost)).toEqual([]);
  expect(isPrivateHost("8.8.8.8")).toBe(false);
  expect(isPrivateHost("[2606:4700::1111]")).toBe(false);
});
