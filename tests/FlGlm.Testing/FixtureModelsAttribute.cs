using System.Reflection;
using Xunit.Sdk;

namespace FlGlm.Testing;

/// <summary>The rows of a <see cref="FixtureTheoryAttribute"/>: the names of its model directories.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FixtureModelsAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        testMethod.GetCustomAttribute<FixtureTheoryAttribute>()!.Models.Select(model => new object[] { model });
}
