using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace FlGlm.Core.Configuration;

/// <summary>The summaries of settings as plain text, from the documentation files that the compiler writes beside the assemblies.</summary>
/// <param name="keys">the dotted keys of settings that a summary may refer to, by the ids of their properties</param>
internal sealed partial class DocumentedSummaries(IReadOnlyDictionary<string, string> keys)
{
    private readonly Dictionary<Assembly, IReadOnlyDictionary<string, XElement>> _files = [];

    /// <summary>The id of a property or of a word of a choice in these files.</summary>
    public static string IdOf(MemberInfo member) => $"{(member is PropertyInfo ? 'P' : 'F')}:{member.DeclaringType!.FullName!.Replace('+', '.')}.{member.Name}";

    /// <summary>A member's summary; empty where there is none, or no file.</summary>
    public string Of(MemberInfo member)
    {
        var assembly = member.DeclaringType!.Assembly;
        if (!_files.TryGetValue(assembly, out var summaries))
            _files[assembly] = summaries = Read(Path.ChangeExtension(assembly.Location, ".xml"));
        return summaries.TryGetValue(IdOf(member), out var summary) ? Blanks().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim() : "";
    }

    /// <summary>A program may be copied without these files, and one in a single file has none.</summary>
    private static IReadOnlyDictionary<string, XElement> Read(string path)
    {
        try
        {
            return XDocument.Load(path).Descendants("member").Where(member => member.Element("summary") is not null)
                .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or XmlException)
        {
            return new Dictionary<string, XElement>();
        }
    }

    private string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement element when element.Attribute("cref")?.Value is { } id => Name(id),
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    /// <summary>A setting by its key, a word as it is written, and another member or type by its name.</summary>
    private string Name(string id)
    {
        var member = id.Split('(')[0];
        var name = member[(member.LastIndexOf('.') + 1)..];
        return keys.TryGetValue(id, out var key) ? key : id.StartsWith("F:", StringComparison.Ordinal) ? ConfigKeys.Snake(name) : name;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
