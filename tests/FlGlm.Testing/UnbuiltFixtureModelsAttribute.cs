using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace FlGlm.Testing;

/// <summary>A skipped row for every model directory whose family FlGlm does not build yet.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnbuiltFixtureModelsAttribute : DataAttribute
{
    public UnbuiltFixtureModelsAttribute() => Skip = "FlGlm does not build this family yet";

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. FixtureSet.Models.Where(model => !FixtureSet.IsBuilt(model)).Select(model => new TheoryDataRow<string>(model))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
