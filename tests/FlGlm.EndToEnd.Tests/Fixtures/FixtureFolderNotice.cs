using FlGlm.Testing;
using Xunit.Sdk;
using Xunit.v3;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>Says on the console which fixtures a run used.</summary>
public sealed class FixtureFolderNotice
{
    public FixtureFolderNotice(IMessageSink console) =>
        console.OnMessage(new DiagnosticMessage($"fixtures: {FixtureSet.Folder} ({string.Join(", ", FixtureSet.Models)}) on {TestDevice.Name}"));
}
