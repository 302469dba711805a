using System.Globalization;
using System.Reflection;

namespace FlGlm.Testing;

/// <summary>Lists an assembly's public members, one a line, in the form of the API files in ../shared/spec/api.</summary>
public static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Members of <paramref name="assembly"/> that the API file lacks. A type line's kind does not count.</summary>
    public static IReadOnlyList<string> Foreign(Assembly assembly, string apiFile)
    {
        var known = File.ReadLines(apiFile).Select(WithoutKind).ToHashSet(StringComparer.Ordinal);
        return [.. Lines(assembly).Where(line => !known.Contains(WithoutKind(line)))];
    }

    public static IEnumerable<string> Lines(Assembly assembly) =>
        assembly.GetTypes().Where(IsVisible).OrderBy(type => type.FullName, StringComparer.Ordinal).SelectMany(Lines);

    private static string WithoutKind(string line) =>
        line.Contains("::", StringComparison.Ordinal) ? line : string.Join(' ', line.Split(' ').Take(3));

    private static bool IsVisible(Type type) =>
        type.IsNested ? (type.IsNestedPublic || type.IsNestedFamily) && IsVisible(type.DeclaringType!) : type.IsPublic;

    private static bool IsVisible(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static IEnumerable<string> Lines(Type type)
    {
        yield return $"{type.FullName} : {(type.BaseType is null ? "" : Name(type.BaseType))} ";
        foreach (var constructor in type.GetConstructors(Declared).Where(IsVisible))
            yield return $"{type.FullName}::.ctor({Parameters(constructor)}){Access(constructor)}";
        foreach (var method in type.GetMethods(Declared).Where(IsVisible))
        {
            if (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
                yield return $"{type.FullName}::{Signature(method)}";
        }
        foreach (var property in type.GetProperties(Declared))
        {
            var accessors = (IsVisible(property.GetMethod) ? "get;" : "") + (IsVisible(property.SetMethod) ? "set;" : "");
            var index = string.Join(", ", property.GetIndexParameters().Select(Parameter));
            if (accessors.Length > 0)
                yield return $"{type.FullName}::{Name(property.PropertyType)} {property.Name}[{index}] {{{accessors}}}";
        }
        foreach (var field in type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily))
            yield return $"{type.FullName}::field {Name(field.FieldType)} {field.Name}{(field.IsStatic ? " static" : "")}{Value(field)}";
    }

    private static string Signature(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? "<" + string.Join(",", method.GetGenericArguments().Select(Name)) + ">" : "";
        var kind = method.IsStatic ? " static" : method.IsVirtual ? " virtual" : "";
        return $"{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)}){kind}{Constraints(method)}{Access(method)}";
    }

    private static string Access(MethodBase method) => method.IsPublic ? "" : " protected";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var passing = parameter.IsDefined(typeof(ParamArrayAttribute), false) ? "params "
            : !parameter.ParameterType.IsByRef ? ""
            : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        var value = parameter.HasDefaultValue
            ? " = " + (Convert.ToString(parameter.DefaultValue, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : parameter.DefaultValue is null ? "null" : "")
            : "";
        return $"{passing}{Name(parameter.ParameterType)} {parameter.Name}{value}";
    }

    private static string Constraints(MethodInfo method) =>
        method.IsGenericMethodDefinition ? string.Concat(method.GetGenericArguments().Select(Constraint)) : "";

    private static string Constraint(Type argument)
    {
        var constraints = argument.GetGenericParameterConstraints().Select(Name).ToList();
        if (argument.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            constraints.Insert(0, "class");
        if (argument.GenericParameterAttributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
            constraints.Insert(0, "struct");
        return constraints.Count == 0 ? "" : $" where {argument.Name} : {string.Join(", ", constraints)}";
    }

    private static string Value(FieldInfo field) =>
        field is { IsStatic: true, DeclaringType.IsEnum: true }
            ? " = " + Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : "";

    /// <summary>Nested types carry their declaring type's name, save in <c>torch</c>, whose name the lists leave out.</summary>
    private static string Name(Type type)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter)
            return type.Name;
        var name = type.Name.Split('`')[0];
        if (type.IsGenericType)
            name += "<" + string.Join(",", type.GetGenericArguments().Select(Name)) + ">";
        return type.DeclaringType is { Name: not "torch" } outer ? Name(outer) + "." + name : name;
    }
}
