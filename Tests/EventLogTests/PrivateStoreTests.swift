import EventLog
import Testing

@Suite struct PrivateStoreTests {
  @Test func `what is put is got until it is deleted`() throws {
    let folder = try TemporaryFolder()
    let store = try Book.test(folder).privateStore()
    try store.put(key: [1], value: [2, 3])
    #expect(try store.get(key: [1]) == [2, 3])
    #expect(try store.delete(key: [1]))
    #expect(try store.get(key: [1]) == nil)
    #expect(try !store.delete(key: [1]))
  }

  @Test func `the secret is random, but for a simulated book it follows from its id`() throws {
    let secrets = try [true, true, false, false].map { simulated in
      let folder = try TemporaryFolder()
      return try Book.test(folder, simulated: simulated).privateStore().secret
    }
    #expect(secrets[0] == secrets[1])
    #expect(secrets[2] != secrets[3])
    #expect(secrets[0] != secrets[2])
    #expect(secrets.allSatisfy { $0.count == 32 })
  }

  @Test func `an empty key is refused`() throws {
    let folder = try TemporaryFolder()
    let store = try Book.test(folder).privateStore()
    #expect(throws: BookError.self) { try store.put(key: [], value: [1]) }
  }
}

extension PrivateStoreTests {
  @Test func `a commitment depends on the secret, the purpose and the content`() throws {
    let folder = try TemporaryFolder()
    let store = try Book.test(folder).privateStore()
    let other = try TemporaryFolder()
    let real = try Book.test(other, simulated: false).privateStore()
    let commitment = store.commitment(to: [1], for: "row")
    #expect(commitment.count == 32)
    #expect(commitment == store.commitment(to: [1], for: "row"))
    #expect(commitment != store.commitment(to: [2], for: "row"))
    #expect(commitment != store.commitment(to: [1], for: "line"))
    #expect(commitment != real.commitment(to: [1], for: "row"))
  }
}
