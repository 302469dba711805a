using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FlGlm.Core.Configuration;

/// <summary>Reads YAML into <see cref="ConfigNode"/>s that remember their line, collecting every problem instead of stopping at the first.</summary>
internal sealed class YamlTree(List<Problem> problems, Func<Mark, string> place)
{
    /// <summary>More than any setting needs; every level takes a part of the thread's stack.</summary>
    private const int MaxDepth = 50;

    private int _depth;

    /// <summary>The root of the text's one document; null where it is empty or no YAML.</summary>
    public ConfigNode? Read(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
                return null;
            parser.Consume<DocumentStart>();
            var root = Node(parser, "");
            parser.Consume<DocumentEnd>();
            if (parser.TryConsume<DocumentStart>(out var second))
                problems.Add(new Problem("", "a second YAML document begins here; a configuration is one. Keep one of them in this file.", place(second.Start)));
            return root;
        }
        catch (YamlException e)
        {
            problems.Add(new Problem("", $"this is no YAML: {e.Message}{Advice(e)}", place(e.Start)));
            return null;
        }
    }

    /// <summary>In double quotes a backslash begins an escape, which a regular expression's seldom is.</summary>
    private static string Advice(YamlException e) => e.Message.Contains("escape", StringComparison.Ordinal)
        ? " In double quotes a backslash begins an escape; single quotes ('...') take backslashes as they are."
        : "";

    private ConfigNode Node(Parser parser, string key)
    {
        if (parser.TryConsume<MappingStart>(out var map))
            return Below(map, () => Map(parser, map, key));
        if (parser.TryConsume<SequenceStart>(out var list))
            return Below(list, () => List(parser, list, key));
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            problems.Add(new Problem(key, $"an alias (*{alias.Value}) is not read here; write the value out.", place(alias.Start)));
            return new ConfigScalar("", IsPlain: true, place(alias.Start));
        }

        var scalar = parser.Consume<Scalar>();
        return new ConfigScalar(scalar.Value, scalar.Style == ScalarStyle.Plain, place(scalar.Start));
    }

    private ConfigNode Below(NodeEvent start, Func<ConfigNode> read)
    {
        if (++_depth > MaxDepth)
            throw new YamlException(start.Start, start.End, $"it is nested more than {MaxDepth} levels deep");
        var node = read();
        _depth--;
        return node;
    }

    private ConfigMap Map(Parser parser, MappingStart start, string prefix)
    {
        var map = new ConfigMap(place(start.Start));
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var name = parser.Consume<Scalar>();
            var key = ConfigKeys.Join(prefix, name.Value);
            var value = Node(parser, key) with { Where = place(name.Start) };
            if (!map.TryAdd(name.Value, value))
                problems.Add(new Problem(key, $"is written twice (first at {map.Values[name.Value].Where}); keep one.", place(name.Start)));
        }

        return map;
    }

    private ConfigList List(Parser parser, SequenceStart start, string key)
    {
        var items = new List<ConfigNode>();
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(Node(parser, key));
        return new ConfigList(items, place(start.Start));
    }
}
