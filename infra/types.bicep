// The types of what main.bicep hands to its modules.

@export()
type Tags = {
  *: string
}

@export()
@description('What each shared resource is called. Names are computed once, in main.bicep, so that what-if sees them.')
type ResourceNames = {
  workspace: string
  insights: string
  store: string
  archive: string
  log: string
  topic: string
  network: string
}

@export()
@description('Where everything is, and what it is called and tagged with.')
type Place = {
  location: string
  token: string
  tags: Tags
  names: ResourceNames
}

@export()
@description('The private DNS zone of each service.')
type Zones = {
  cosmos: string
  eventHubs: string
  eventGrid: string
  blob: string
  queue: string
  table: string
}

@export()
@description('How data is reached: over the public network, or only through private endpoints.')
type Access = {
  closed: bool
  zones: Zones
}

@export()
@description('A container of the store, as in shared/names.json.')
type Container = {
  partitionKey: string
  uniqueKeys: string[]?
  indexingPolicy: IndexingPolicy?
  timeToLive: int?
}

type IndexingPolicy = {
  indexingMode: string
  includedPaths: IndexedPath[]
  excludedPaths: IndexedPath[]
  compositeIndexes: IndexedPath[][]?
}

type IndexedPath = {
  path: string
  order: string?
}

@export()
type Containers = {
  *: Container
}

@export()
@description('The highest request units a second of a container; `others` for each that is not named.')
type Throughput = {
  events: int
  views: int
  others: int
}

@export()
@description('The ids of the roles in the store, by the right that each gives.')
type StoreRoles = {
  read: string
  append: string
  write: string
  metadata: string
}

@description('When a file of Capture ends: after a time or with a size.')
type Window = {
  intervalInSeconds: int
  sizeLimitInBytes: int
  skipEmptyArchives: bool
}

@export()
@description('A hub of the log, as in shared/names.json; one without `capture` is not captured.')
type Hub = {
  partitions: int
  retentionHours: int
  consumerGroups: string[]
  capture: Window?
}

@export()
type Hubs = {
  *: Hub
}

@export()
@description('What each hub of the flow is called: another name than its own once the set has moved.')
type HubNames = {
  events: string
  commands: string
}

@export()
@description('An app: what it may do, and which functions of the package it does not run.')
type App = {
  name: string
  containers: string[]
  hubs: string[]
  topic: bool
  archive: bool
  disabled: string[]
}

type Instances = {
  *: int
}

@export()
type Scale = {
  alwaysReady: Instances
  instanceMemoryMB: int
  maximumInstanceCount: int
  httpConcurrency: int
  zoneRedundant: bool
  updates: string
}

@export()
type Settings = {
  *: string
}

@export()
@description('The prefixes of the settings of each connection, as in shared/names.json.')
type Connections = {
  cosmos: string
  eventHubs: string
  eventGrid: string
  archive: string
}

@export()
@description('The addresses of the services that an app calls.')
type Endpoints = {
  cosmos: string
  eventHubs: string
  topic: string
  archive: string
}

@export()
@description('Who is woken by alerts: an address, a number (`+49 1701234567`), a URL of a pager. Empty: not in this way.')
type Receivers = {
  email: string
  sms: string
  @secure()
  webhook: string
}

@export()
@description('Who may deliver events of others. What is empty admits nobody.')
type Webhook = {
  origins: string
  subscriptions: string
  senders: string
  audience: string
  secretsUri: string
  vaultGroup: string
}

@export()
@description('Which feeds of others are followed, and the secret with what they are shown. Without feeds, nothing asks.')
type Polled = {
  feeds: string
  secretsUri: string
}

@export()
@description('Whose tokens say who asks. Without an audience, none do; what else is empty is that of the tenant, and the claim `sub`.')
type ActorTokens = {
  audience: string
  issuer: string
  keys: string
  claim: string
}

@export()
@description('The application whose users and clients the platform lets in; `anonymous` is yes where others may come, too.')
type SignIn = {
  clientId: string
  anonymous: 'yes' | 'no'
}

@export()
@description('Who is told of notifications. Empty types: all of them.')
type Subscriber = {
  @secure()
  url: string
  types: string[]
  tenantId: string
  applicationId: string
}

@export()
type Subscribers = {
  *: Subscriber
}
