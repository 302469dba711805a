using FlGlm.Core.Configuration;

namespace FlGlm.Core.Tests.Configuration;

public sealed class ClientsSettingsTests
{
    [Theory]
    [InlineData(2, "", "ash", "beech")]
    [InlineData(2, "")]
    [InlineData(3, "names: 'ash' stands twice", "ash", "beech", "ash")]
    [InlineData(3, "names: 2 names for 3 clients", "ash", "beech")]
    [InlineData(0, "expected: 0 clients")]
    public void Names_are_unique_and_as_many_as_the_clients(int expected, string problem, params string[] names)
    {
        var problems = new ClientsSettings { Expected = expected, Names = names }.Validate().Select(found => found.ToString()).ToList();

        Assert.Equal(problem.Length == 0 ? 0 : 1, problems.Count);
        Assert.All(problems, found => Assert.StartsWith(problem, found, StringComparison.Ordinal));
    }
}
