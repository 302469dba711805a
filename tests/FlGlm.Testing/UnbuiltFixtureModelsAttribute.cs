using System.Reflection;
using Xunit.Sdk;

namespace FlGlm.Testing;

/// <summary>A skipped row for every model directory whose family FlGlm does not build yet.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnbuiltFixtureModelsAttribute : DataAttribute
{
    public UnbuiltFixtureModelsAttribute() => Skip = "FlGlm does not build this family yet";

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        FixtureSet.Models.Where(model => !FixtureSet.IsBuilt(model)).Select(model => new object[] { model });
}
