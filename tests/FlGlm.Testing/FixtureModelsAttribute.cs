using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace FlGlm.Testing;

/// <summary>The rows of a <see cref="FixtureTheoryAttribute"/>: the names of its model directories.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FixtureModelsAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. testMethod.GetCustomAttribute<FixtureTheoryAttribute>()!.Models.Select(model => new TheoryDataRow<string>(model))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
