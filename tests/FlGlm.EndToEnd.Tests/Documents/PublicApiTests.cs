using System.Reflection;
using System.Runtime.CompilerServices;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Settings;
using FlGlm.Server.Hosting;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Documents;

/// <summary>What the libraries show to other programs, as <c>docs/api</c> lists it: a change of it is seen in the change that makes it.</summary>
public sealed class PublicApiTests
{
    private const string Update = "FLGLM_UPDATE_API";

    private static readonly Assembly[] Libraries = [typeof(RunPlan).Assembly, typeof(FlGlmClient).Assembly, typeof(FlGlmServer).Assembly, typeof(PrivacySettings).Assembly];

    public static TheoryData<string> Names => [.. Libraries.Select(library => library.GetName().Name!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_library_shows_what_its_list_says(string name)
    {
        var library = Libraries.Single(candidate => candidate.GetName().Name == name);
        string[] shown = [.. library.GetExportedTypes().SelectMany(Lines).Order(StringComparer.Ordinal)];
        var path = RepositoryFolder.At("docs", "api", name + ".txt");
        if (Environment.GetEnvironmentVariable(Update) == "1")
            File.WriteAllLines(path, shown);

        var listed = File.Exists(path) ? File.ReadAllLines(path) : [];

        Assert.True(
            shown.SequenceEqual(listed),
            $"docs/api/{name}.txt differs: new {string.Join("; ", shown.Except(listed).Take(5))}; gone {string.Join("; ", listed.Except(shown).Take(5))}. "
            + $"If that is meant, run this test with {Update}=1 and look the change through.");
    }

    private static IEnumerable<string> Lines(Type type)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        yield return $"{NameOf(type)} : {(type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsAbstract && type.IsSealed ? "static class" : type.IsValueType ? "struct" : "class")}";
        foreach (var member in type.GetMembers(Own).Where(IsShown))
            yield return $"{NameOf(type)} : {member}";
    }

    /// <summary>Not the members that the compiler makes for records, nor the accessors of properties and events, which stand with these.</summary>
    private static bool IsShown(MemberInfo member) => !member.IsDefined(typeof(CompilerGeneratedAttribute)) && member switch
    {
        MethodBase method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && (!method.IsSpecialName || method.IsConstructor),
        FieldInfo field => (field.IsPublic || field.IsFamily) && !field.IsSpecialName,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(accessor => accessor.IsPublic || accessor.IsFamily) && property.Name != "EqualityContract",
        EventInfo => true,
        _ => false,
    };

    private static string NameOf(Type type) => type.FullName!.Replace('+', '.');
}
